/** Facts whose names the page does not know beforehand, for a person. */
import { fullDay, fullInstant } from '../../ui/dates'
import { count } from '../../ui/numbers'

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const DAY = /^\d{4}-\d\d-\d\d$/

/** `complete_until` → `Complete until`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A fact's value: instants and days by the reader's locale, counts grouped, lists with commas. */
export function read(value: unknown, zone: string): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return count(value)
  if (typeof value === 'string') return INSTANT.test(value) ? fullInstant(value, zone) : DAY.test(value) ? fullDay(value) : value
  if (Array.isArray(value)) return value.map((item) => read(item, zone)).join(', ')
  const fields = Object.entries(value as Record<string, unknown>)
  return fields.map(([name, item]) => `${words(name)}: ${read(item, zone)}`).join('; ')
}
