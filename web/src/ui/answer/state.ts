/** What state a number is in, as words and as one word for the style sheet. */
import type { Answer, Breach, DataQuality } from '../../api/types'
import { length } from '../dates'

export type Tone = 'bad' | 'attention' | 'muted'

export interface StateWord {
  text: string
  tone: Tone
}

/** Codes of a null that no repair can fill: all data is there, and there is nothing to compute from it. */
const EMPTY_CODES = new Set(['division_by_zero', 'no_rows', 'not_burning'])

export function isWithheld(answer: Answer): boolean {
  return answer.value === null && answer.rows === null && !tellsCohorts(answer) && !isEmpty(answer)
}

/** Whether a cell of a cohort table has a number. */
export function tellsCohorts(answer: Answer): boolean {
  return answer.cohorts?.rows.some((row) => row.cells.some((cell) => cell.value !== null)) ?? false
}

export function isEmpty(answer: Answer): boolean {
  return answer.value === null && answer.reasons.some((reason) => EMPTY_CODES.has(reason.code))
}

const SEVERITIES: Breach['severity'][] = ['critical', 'high', 'medium', 'low']

/** The breaches, the gravest first. */
export function graveFirst(breaches: Breach[]): Breach[] {
  return breaches.toSorted((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity))
}

/** Red is kept for what needs a person now; the rest asks for attention. */
export function breachTone(severity: Breach['severity']): Tone {
  return severity === 'critical' || severity === 'high' ? 'bad' : 'attention'
}

/** A list whose reasons withhold it has no rows at all; an empty list has an empty tuple. */
export function isWithheldList(answer: Answer): boolean {
  const withheld: DataQuality = 'insufficient_data'
  return answer.rows?.length === 0 && answer.data_quality === withheld && answer.reasons.length > 0
}

function settles(answer: Answer, now: number): string {
  if (answer.settles_at) return `Provisional, settles in ${length(Date.parse(answer.settles_at) - now)}`
  return answer.period.open ? `Provisional until the ${answer.period.grain === 'day' ? 'day' : 'period'} ends` : 'Provisional'
}

/** The state in words, the gravest first; one quiet word for a settled, fresh number. */
export function stateWords(answer: Answer, now: number): StateWord[] {
  if (isWithheld(answer) || isWithheldList(answer)) return [{ text: 'Withheld', tone: 'attention' }]
  if (isEmpty(answer)) return [{ text: 'No value', tone: 'muted' }]
  const words: StateWord[] = []
  if (answer.freshness === 'critical') words.push({ text: 'Far too old', tone: 'attention' })
  if (answer.freshness === 'stale') words.push({ text: 'Stale', tone: 'attention' })
  if (answer.freshness === 'acceptable') words.push({ text: 'A little late', tone: 'muted' })
  if (answer.data_quality === 'estimated') words.push({ text: 'Estimated', tone: 'attention' })
  if (answer.provisional) words.push({ text: settles(answer, now), tone: 'muted' })
  return words.length > 0 ? words : [{ text: 'Actual', tone: 'muted' }]
}
