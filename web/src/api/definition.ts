import { useQuery } from '@tanstack/react-query'
import { get } from './fetch'
import type { Answer, Definition } from './types'

/** The question that was answered, so that definition and receipt speak of the very same days. */
function asked(period: string | null, shown: Answer | undefined): string {
  const query = new URLSearchParams()
  if (shown?.period.grain === 'day' && !shown.period.open) query.set('period', shown.period.end)
  else if (period) query.set('period', period)
  if (shown && !shown.period.open) query.set('at', shown.period.end)
  return query.toString()
}

/** What a KPI is and how its number came about; asked again when another generation is shown. */
export function useDefinition(kpi: string, period: string | null, shown: Answer | undefined) {
  const query = asked(period, shown)
  return useQuery({
    queryKey: ['definition', kpi, query, shown?.generation ?? null],
    queryFn: ({ signal }) => get<Definition>(`/api/v1/kpis/${encodeURIComponent(kpi)}/definition?${query}`, signal),
    placeholderData: (previous) => (previous?.kpi === kpi ? previous : undefined),
  })
}
