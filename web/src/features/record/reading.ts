/** How entries are read by people. */
import type { Entry, EntryField, EntryKind } from '../../api/entries'

/** `cost_type` → `Cost type`. */
export function fieldLabel(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A field of an entry as the form and the list show it; its day is the shop's. */
export function shown(entry: Entry, field: EntryField, kind: EntryKind): string {
  if (field.name === kind.time) return entry.day
  const value = entry.values[field.name]
  return value === null || value === undefined ? '' : String(value)
}

/** Where a kind of entries is recorded. */
export function recordPath(kind: string): string {
  return `/record/${encodeURIComponent(kind)}`
}
