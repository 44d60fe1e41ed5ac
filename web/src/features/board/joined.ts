/** Lists of the same keys as one table: its rows, and their order. Pure. */
import type { LinkFacts, Row, Tile } from '../../api/types'

export interface JoinedRow {
  key: string | null
  /** One for each list; null where the whole list is withheld. */
  cells: (Row | null)[]
}

export interface Sorting {
  /** The column: 0 is the key, 1 the first list. */
  by: number
  down: boolean
}

export function joinedRows(tiles: Tile[]): JoinedRow[] {
  const keys = tiles.map(({ answer }) => answer.rows ?? []).find((rows) => rows.length > 0) ?? []
  return keys.map(({ key }, place) => ({ key, cells: tiles.map(({ answer }) => answer.rows?.[place] ?? null) }))
}

/** The rows in order; what has no number comes last, either way, and equal rows stay as they were. */
export function sorted(rows: JoinedRow[], { by, down }: Sorting): JoinedRow[] {
  const way = down ? -1 : 1
  if (by === 0) return rows.toSorted((one, other) => way * (one.key ?? '').localeCompare(other.key ?? '', undefined, { numeric: true }))
  const value = (row: JoinedRow) => row.cells[by - 1]?.value ?? null
  return rows.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return way * (Number(a) - Number(b))
  })
}

/** The column by which the rows stand as they came, if it is the first list's number. */
export function standing(rows: JoinedRow[]): Sorting | null {
  const ways = [true, false].map((down) => ({ by: 1, down }))
  return ways.find((way) => sorted(rows, way).every((row, place) => row === rows[place])) ?? null
}

/** Why cells are empty: each sentence once, with the keys that it is about. */
export function emptyBecause(rows: JoinedRow[]): { sentence: string; keys: string[] }[] {
  const said = new Map<string, Set<string>>()
  for (const { key, cells } of rows) {
    for (const cell of cells) {
      const sentence = cell?.value === null ? cell.reasons[0]?.sentence : undefined
      if (sentence) said.set(sentence, (said.get(sentence) ?? new Set()).add(key ?? 'not stated'))
    }
  }
  return [...said].map(([sentence, keys]) => ({ sentence, keys: [...keys] }))
}

/** The address of a row; none for a key that would lead to another place of the address. */
export function linkTo({ url }: LinkFacts, key: string | null): string | null {
  if (key === null || /^\.{0,2}$/.test(key)) return null
  return url.replaceAll('{key}', encodeURIComponent(key))
}
