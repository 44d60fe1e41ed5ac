/** The board in one sentence: are we fine, what is off. Pure. */
import type { BoardAnswer, Tile } from '../../api/types'
import { graveFirst, isEmpty, isWithheld, isWithheldList } from '../../ui/answer/state'
import { counted } from '../../ui/numbers'

export interface Summary {
  tone: 'bad' | 'attention' | 'good'
  sentence: string
}

const OLD = new Set(['stale', 'critical'])

const now = (tile: Tile) => {
  const worst = graveFirst(tile.answer.breaches)[0]?.severity
  return worst === 'critical' || worst === 'high'
}

function rest(fine: number): string {
  if (fine === 0) return ''
  return fine === 1 ? ' The other one is fine.' : ` The other ${fine} are fine.`
}

export function summarize(board: BoardAnswer): Summary {
  const tiles = board.sections.flatMap((section) => section.tiles)
  const urgent = tiles.filter(now).length
  const watched = tiles.filter((tile) => tile.answer.breaches.length > 0 && !now(tile)).length
  const withheld = tiles.filter(({ answer }) => isWithheld(answer) || isWithheldList(answer)).length
  const shown = tiles.filter(({ answer }) => answer.breaches.length === 0 && !(isWithheld(answer) || isWithheldList(answer)))
  const missed = shown.filter(({ answer }) => answer.target?.status === 'missed').length
  const old = shown.filter(({ answer }) => !isEmpty(answer) && answer.target?.status !== 'missed' && OLD.has(answer.freshness ?? 'fresh')).length
  const empty = shown.filter(({ answer }) => isEmpty(answer)).length
  const fine = shown.length - missed - old - empty
  const said = [
    urgent && `${counted(urgent, 'number')} ${urgent === 1 ? 'needs' : 'need'} somebody now`,
    watched && `${counted(watched, 'number')} to look at`,
    missed && `${counted(missed, 'number')} off target`,
    old && `${counted(old, 'number')} out of date`,
    empty && `${counted(empty, 'number')} without a value`,
    withheld && `${counted(withheld, 'number')} withheld`,
  ].filter((part) => typeof part === 'string')
  if (said.length === 0) return { tone: 'good', sentence: 'Nothing needs you now.' }
  return { tone: urgent ? 'bad' : 'attention', sentence: `${said.join(', ')}.${rest(fine)}` }
}
