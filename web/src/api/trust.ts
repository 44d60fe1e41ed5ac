import { useQuery } from '@tanstack/react-query'
import { nextPoll } from './board'
import { get } from './fetch'
import type { TrustReport } from './types'

/** What every number rests on and what each problem blocks, asked again as long as somebody looks at it. */
export function useTrust() {
  return useQuery({
    queryKey: ['trust'],
    queryFn: ({ signal }) => get<TrustReport>('/api/v1/trust', signal),
    refetchInterval: (query) => nextPoll(query.state.data),
  })
}
