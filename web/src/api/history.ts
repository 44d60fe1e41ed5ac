import { useQuery } from '@tanstack/react-query'
import { get } from './fetch'
import type { History } from './types'

export type Grain = History['grain']

const LAST: Record<Grain, number> = { day: 90, week: 52, month: 24, quarter: 12, year: 10 }

/** The published values of a KPI, one a closed period. */
export function useHistory(kpi: string, grain: Grain, stamp: number | null) {
  return useQuery({
    queryKey: ['history', kpi, grain, stamp],
    queryFn: ({ signal }) =>
      get<History>(`/api/v1/kpis/${encodeURIComponent(kpi)}/history?grain=${grain}&last=${LAST[grain]}`, signal),
    placeholderData: (previous) => (previous?.kpi === kpi ? previous : undefined),
  })
}
