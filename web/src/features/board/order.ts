/** Which tiles come first. Pure. */
import type { BoardAnswer, SectionFacts, Tile } from '../../api/types'
import { graveFirst, isWithheld, isWithheldList } from '../../ui/answer/state'

const GRAVITY = { critical: 0, high: 1, medium: 2, low: 3 } as const
const WITHHELD_CRITICAL = 10
const CALM = 20

/** Breaches first, critical ones before all; then critical numbers that are withheld; the rest as the file has them. */
export function urgency({ answer }: Tile): number {
  const worst = graveFirst(answer.breaches)[0]
  if (worst) return GRAVITY[worst.severity]
  return isWithheld(answer) && answer.criticality === 'critical' ? WITHHELD_CRITICAL : CALM
}

/** The sections for one narrow column: what is urgent stands in a section of its own, on top. */
export function phoneSections(board: BoardAnswer): SectionFacts[] {
  const all = board.sections.flatMap((section) => section.tiles)
  const urgent = all.filter((tile) => urgency(tile) < CALM).toSorted((one, other) => urgency(one) - urgency(other))
  if (urgent.length === 0) return board.sections
  const rest = board.sections
    .map((section) => (isJoined(section) ? section : { ...section, tiles: section.tiles.filter((tile) => urgency(tile) === CALM) }))
    .filter((section) => section.tiles.length > 0)
  return [{ label: 'Needs attention', shape: 'tiles', links: [], funnel: null, tiles: urgent }, ...rest]
}

/** Whether the section's tiles are parts of one picture. */
export function isJoined({ shape }: SectionFacts): boolean {
  return shape === 'table' || shape === 'scatter'
}

/** Whether a phone may show the tiles side by side: charts, none of which needs somebody or is withheld. */
export function canSwipe(tiles: Tile[]): boolean {
  const calm = (tile: Tile) => urgency(tile) === CALM && !isWithheld(tile.answer) && !isWithheldList(tile.answer)
  return tiles.length > 1 && tiles.every((tile) => Boolean(tile.shape) && calm(tile))
}

/** How many tiles stand in a row of a wide screen: four or three, whichever leaves fewer empty places; a line takes two of four. */
export function columns(tiles: Tile[]): 3 | 4 {
  const empty = (width: number) => (width - (tiles.length % width)) % width
  return !tiles.some(({ shape }) => shape === 'line') && empty(3) < empty(4) ? 3 : 4
}

/** What tells one tile of a board from another. */
export function tileKey({ title, answer }: Tile): string {
  return [answer.kpi, answer.period.name, answer.by ?? '', title].join('|')
}
