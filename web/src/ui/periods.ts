/** Periods in words. */
import type { ComparisonFacts, PeriodFacts } from '../api/types'
import { day, days, shopDay } from './dates'
import { counted } from './numbers'

const NAMED: Record<string, string> = {
  wtd: 'This week so far',
  mtd: 'This month so far',
  qtd: 'This quarter so far',
  ytd: 'This year so far',
  all: 'All time',
}

/** What the number covers: `Today so far`, `Yesterday`, `Last 7 days`, `Jan 1997`. */
export function periodWords(period: PeriodFacts, now: number): string {
  const named = NAMED[period.name]
  if (named) return named
  const last = /^(\d+)([dm])$/.exec(period.name)
  if (last) return `Last ${counted(Number(last[1]), last[2] === 'd' ? 'day' : 'month')}`
  if (period.grain === 'day') return dayWords(period, now)
  const utc = (format: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', ...format }).format(midnight(period.start))
  if (period.grain === 'month' && !period.open && !isWholeMonth(period)) return daysOfMonth(period)
  const soFar = period.open ? ' so far' : ''
  if (period.grain === 'month') return utc({ month: 'short', year: 'numeric' }) + soFar
  if (period.grain === 'year') return utc({ year: 'numeric' }) + soFar
  return periodDates(period, now)
}

function midnight(date: string): Date {
  return new Date(`${date}T00:00:00Z`)
}

/** Whether the period ends with the last day of a month. */
function isWholeMonth({ end }: PeriodFacts): boolean {
  return new Date(midnight(end).getTime() + 86_400_000).getUTCDate() === 1
}

/** The part of a month: `Nov 1 – 20`. */
function daysOfMonth({ start, end }: PeriodFacts): string {
  return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', day: 'numeric' }).formatRange(midnight(start), midnight(end))
}

function dayWords(period: PeriodFacts, now: number): string {
  const today = shopDay(now, period.timezone)
  if (period.end === today) return period.open ? 'Today so far' : 'Today'
  const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
  return period.end === yesterday ? 'Yesterday' : day(period.end, now)
}

/** A cohort's period: `Jan 2024`, `2024-W05`. */
export function cohortName(name: string, start: string): string {
  const month = new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', year: 'numeric' })
  return /^\d{4}-\d{2}$/.test(name) ? month.format(new Date(`${start}T00:00:00Z`)) : name
}

/** The period's first and last day. */
export function periodDates(period: PeriodFacts, now: number): string {
  return period.start === period.end ? day(period.end, now) : `${day(period.start, now)} – ${day(period.end, now)}`
}

/** What a value is compared with, after a change: `the same day last week`. */
export function againstWords(comparison: ComparisonFacts, period: PeriodFacts): string {
  const one = period.grain === 'range' ? 'period' : period.grain
  if (comparison.against === 'same_day_last_week') return one === 'day' ? 'the same day last week' : 'the same days last week'
  if (comparison.against === 'last_year') return `the same ${one} last year`
  if (one === 'month' && !isWholeMonth(comparison.period)) return 'the same days of the month before'
  return one === 'period' ? `the ${counted(days(comparison.period), 'day')} before` : `the ${one} before`
}
