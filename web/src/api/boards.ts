import { useQuery } from '@tanstack/react-query'
import { get } from './fetch'

export interface BoardEntry {
  board: string
  label: string
  description: string
}

/** The boards of the project, in their order. */
export function useBoards() {
  return useQuery({
    queryKey: ['boards'],
    queryFn: ({ signal }) => get<{ boards: BoardEntry[] }>('/api/v1/boards', signal),
    select: (body) => body.boards,
    staleTime: 60_000,
  })
}
