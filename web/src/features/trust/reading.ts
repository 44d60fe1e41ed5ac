/** What the trust report says, in words and marks. Pure. */
import type { Blocked, Freshness, Incident, SourceTrust, TrustReport } from '../../api/types'
import type { ShapeName } from '../../ui/Shape'

export type Tone = 'good' | 'bad' | 'attention' | 'muted'

export interface Mark {
  tone: Tone
  shape: ShapeName
}

const FRESHNESS: Record<Freshness, Mark & { text: string }> = {
  fresh: { tone: 'muted', shape: 'check', text: 'Fresh' },
  acceptable: { tone: 'muted', shape: 'check', text: 'A little late' },
  stale: { tone: 'attention', shape: 'warning', text: 'Stale' },
  critical: { tone: 'attention', shape: 'warning', text: 'Far too old' },
}

/** How fresh data is: a word with its mark. */
export function freshnessWord(freshness: Freshness): Mark & { text: string } {
  return FRESHNESS[freshness]
}

const STANDING: Record<TrustReport['state'], { tone: 'good' | 'bad' | 'attention'; shape: ShapeName }> = {
  nothing_loaded: { tone: 'attention', shape: 'info' },
  blocked: { tone: 'attention', shape: 'withheld' },
  other_days: { tone: 'attention', shape: 'info' },
  watch: { tone: 'attention', shape: 'info' },
  well: { tone: 'good', shape: 'check' },
}

/** How things stand: red only where a critical number is withheld. */
export function standing(report: TrustReport): { tone: 'good' | 'bad' | 'attention'; shape: ShapeName } {
  if (report.state !== 'nothing_loaded' && report.incidents.some(isGrave)) return { tone: 'bad', shape: 'alarm' }
  return STANDING[report.state]
}

/** Whether a critical number that people look at is withheld. */
export function isGrave(incident: Incident): boolean {
  return incident.blocks.some((one) => one.now && one.criticality === 'critical')
}

export function incidentMark(incident: Incident): Mark {
  if (isGrave(incident)) return { tone: 'bad', shape: 'alarm' }
  return incident.withheld > 0 ? { tone: 'attention', shape: 'withheld' } : { tone: 'muted', shape: 'info' }
}

/** The incident to look at for a KPI that is withheld: the first that withholds it now, else any that does. */
export function pointedAt(report: TrustReport, kpi: string | null): string | null {
  if (kpi === null) return null
  const blocking = (now: boolean) => report.incidents.find((one) => one.blocks.some((it) => it.kpi === kpi && (it.now || !now)))
  return (blocking(true) ?? blocking(false))?.id ?? null
}

/** Where a number can be seen: on its board, or in its detail on this screen. */
export function address({ kpi, boards, periods }: Blocked): string {
  const [board] = boards
  const query = new URLSearchParams({ kpi })
  const [period] = periods
  if (period) query.set('period', period)
  return board ? `/boards/${encodeURIComponent(board)}?${query.toString()}` : `/trust?${query.toString()}`
}

/** `26 hours`, `2 days`: a duration of the contract in words. */
export function duration(text: string): string {
  const unit = { m: 'minute', h: 'hour', d: 'day' }[text.slice(-1)] ?? ''
  const amount = Number(text.slice(0, -1))
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

/** The parts of a stream that are worth a line of their own: its shards, or its sources where there are several. */
export function partsOf(source: SourceTrust) {
  return source.feeds.length > 1 ? source.feeds : []
}
