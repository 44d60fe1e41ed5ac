import { useQuery } from '@tanstack/react-query'
import { get } from './fetch'
import type { BoardAnswer } from './types'

const POLL = 30_000
const SOONEST = 2_000

/** Milliseconds until an answer is asked again: at the latest when its verdict may change without new data. */
export function nextPoll(answer: Pick<BoardAnswer, 'now' | 'valid_until'> | undefined): number {
  if (!answer?.valid_until) return POLL
  const left = Date.parse(answer.valid_until) - Date.parse(answer.now)
  return Math.min(POLL, Math.max(SOONEST, left))
}

/** A whole board, asked again as long as somebody looks at it; null while no board is known. */
export function useBoard(name: string | null) {
  return useQuery({
    queryKey: ['board', name],
    enabled: name !== null,
    queryFn: ({ signal }) => get<BoardAnswer>(`/api/v1/boards/${encodeURIComponent(name ?? '')}`, signal),
    refetchInterval: (query) => nextPoll(query.state.data),
  })
}
