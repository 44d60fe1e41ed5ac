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

/** Whether a field holds a number. */
export function isFigures(field: EntryField): boolean {
  return field.type === 'money' || field.type === 'integer'
}

/** A field's text in the list: numbers with the separators of the reader's locale, and the decimals that they came with. */
export function figures(text: string, field: EntryField): string {
  if (!isFigures(field) || text === '') return text
  const decimals = text.split('.')[1]?.length ?? 0
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: decimals }).format(text as Intl.StringNumericLiteral)
}

/** Where a kind of entries is recorded. */
export function recordPath(kind: string): string {
  return `/record/${encodeURIComponent(kind)}`
}
