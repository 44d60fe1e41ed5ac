import { useQuery } from '@tanstack/react-query'
import { get } from './fetch'
import type { ForecastAnswer } from './types'

/** The next periods of a KPI, or why there is no forecast; asked once `wanted`, because it takes a moment to work out. */
export function useForecast(kpi: string, stamp: number | null, wanted: boolean) {
  return useQuery({
    queryKey: ['forecast', kpi, stamp],
    queryFn: ({ signal }) => get<ForecastAnswer>(`/api/v1/kpis/${encodeURIComponent(kpi)}/forecast`, signal),
    enabled: wanted,
    placeholderData: (previous) => (previous?.kpi === kpi ? previous : undefined),
  })
}
