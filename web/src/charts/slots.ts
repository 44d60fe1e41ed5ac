/** Which colour a part has: the same one wherever a value of its dimension is drawn on the page. */
import { createContext } from 'react'
import type { Tile } from '../api/types'

const COLOURS = 8

/** The place of a colour in the style sheet, 1 to 8, by dimension and key; null where nothing of it is coloured. */
export type Slots = (dimension: string, key: string | null) => number | null

export const SlotContext = createContext<Slots>(() => null)

function hash(text: string): number {
  let found = 0
  for (const sign of text) found = (found * 31 + (sign.codePointAt(0) ?? 0)) >>> 0
  return found
}

/** What the slices of a tile are of: a dimension, or the parts of one number. */
export function dimensionOf({ answer }: Pick<Tile, 'answer'>): string {
  return answer.by ?? `of ${answer.kpi}`
}

/** The colours of all that has slices. A key takes the colour that its own letters give; where two would share one, the later takes the next. */
export function slotsOf(tiles: Tile[]): Slots {
  const keys = new Map<string, Set<string>>()
  for (const tile of tiles) {
    const known = keys.get(dimensionOf(tile)) ?? new Set()
    for (const slice of tile.slices ?? []) if (!slice.rest) known.add(slice.key ?? '')
    keys.set(dimensionOf(tile), known)
  }
  const found = new Map<string, number>()
  for (const [dimension, known] of keys) {
    const free = new Set(Array.from({ length: COLOURS }, (_, slot) => slot))
    for (const key of [...known].toSorted()) {
      let slot = hash(key) % COLOURS
      while (free.size > 0 && !free.has(slot)) slot = (slot + 1) % COLOURS
      free.delete(slot)
      found.set(`${dimension}|${key}`, slot + 1)
    }
  }
  return (dimension, key) => found.get(`${dimension}|${key ?? ''}`) ?? null
}
