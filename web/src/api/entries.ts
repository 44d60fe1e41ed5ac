import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { get, send } from './fetch'
import type { Entry, EntryKind, Recorded } from './types'

export type { Entry, EntryField, EntryKind, Recorded } from './types'

const KINDS = '/api/v1/entries'
const path = (...parts: string[]) => [KINDS, ...parts.map(encodeURIComponent)].join('/')

/** What can be recorded by hand in this project; most have nothing of the kind. */
export function useEntryKinds() {
  return useQuery({ queryKey: ['entries'], queryFn: ({ signal }) => get<EntryKind[]>(KINDS, signal), staleTime: 60_000 })
}

export function useEntries(kind: string) {
  return useQuery({ queryKey: ['entries', kind], queryFn: ({ signal }) => get<Entry[]>(path(kind), signal) })
}

/** A change of the books; what was read of them before is read again. */
export type Change =
  | { what: 'record'; id: string | null; values: Record<string, string> }
  | { what: 'remove'; id: string }
  | { what: 'complete' }

export function useChange(kind: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Change) => {
      if (change.what === 'remove') return send<Recorded>('DELETE', path(kind, change.id))
      if (change.what === 'complete') return send<Recorded>('POST', path(kind, 'complete'))
      return change.id === null
        ? send<Recorded>('POST', path(kind), change.values)
        : send<Recorded>('PUT', path(kind, change.id), change.values)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['entries'] }),
  })
}
