/** Dates by the reader's locale and the shop's zone. A shop day (`2026-03-18`) has no zone of its own. */
import type { PeriodFacts } from '../api/types'

const DAY = 86_400_000

function ofDay(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** The shop day on which an instant falls, as `2026-03-18`. */
export function shopDay(instant: string | number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date(instant))
}

/** A shop day for a person: `Wed, 18 Mar`, with its year when that is not this one. */
export function day(value: string, now: string | number): string {
  const sameYear = value.slice(0, 4) === new Date(now).toISOString().slice(0, 4)
  return new Intl.DateTimeFormat(undefined, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? { weekday: 'short' } : { year: 'numeric' }),
  }).format(ofDay(value))
}

/** A shop day without its year, for an axis. */
export function shortDay(value: string): string {
  return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(ofDay(value))
}

/** The month of a shop day: `Feb 2026`. */
export function monthOf(value: string): string {
  return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', year: 'numeric' }).format(ofDay(value))
}

/** A shop day in full, for tables. */
export function fullDay(value: string): string {
  return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', dateStyle: 'medium' }).format(ofDay(value))
}

/** The time of an instant in the shop's zone, with its day when that is not today. */
export function clockTime(instant: string, zone: string, now: string | number): string {
  const time = new Intl.DateTimeFormat(undefined, { timeZone: zone, timeStyle: 'short' })
  const text = time.format(new Date(instant))
  const on = shopDay(instant, zone)
  return on === shopDay(now, zone) ? text : `${day(on, now)}, ${text}`
}

/** An instant in full, with its zone. */
export function fullInstant(instant: string, zone: string): string {
  const format = { timeZone: zone, year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(undefined, { ...format, timeZoneName: 'short' }).format(new Date(instant))
}

/** A length of time in its largest fitting unit: `4 min`, `7 h`, `2 days`. */
export function length(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.round(hours / 24)} days`
}

/** `4 min ago`, `just now`. */
export function ago(instant: string, now: number): string {
  const passed = now - Date.parse(instant)
  return passed < 60_000 ? 'just now' : `${length(passed)} ago`
}

/** How many shop days the period has. */
export function days(period: PeriodFacts): number {
  return Math.round((ofDay(period.end).getTime() - ofDay(period.start).getTime()) / DAY) + 1
}
