/** Where a goal's periods will land, in words. */
import type { PacedPeriod, PaceFacts, TargetFacts } from '../../api/types'
import { shortDay } from '../dates'
import type { ShapeName } from '../Shape'

export const STANDS = { ahead: 'ahead', behind: 'behind', on_track: 'on track' } as const
export const SHAPES: Record<keyof typeof STANDS, ShapeName> = { ahead: 'up', behind: 'down', on_track: 'same' }

/** The longest period of which it can be said where it lands: the goal's own, if that can be told. */
export function told(target: TargetFacts): PaceFacts | undefined {
  return target.pacing.findLast(({ status }) => status !== null)
}

/** `2026`, `Mar 2026`, `Q1 2026`; of a milestone its days: `Jan 1 – Jun 30`. */
export function pacedWords({ name, start, end }: PacedPeriod): string {
  const quarter = /^(\d{4})-(Q[1-4])$/.exec(name)
  if (quarter) return `${quarter[2] ?? ''} ${quarter[1] ?? ''}`
  if (/^\d{4}$/.test(name)) return name
  if (!/^\d{4}-\d\d$/.test(name)) return `${shortDay(start)} – ${shortDay(end)}`
  const format = new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', year: 'numeric' })
  return format.format(new Date(`${start}T00:00:00Z`))
}
