import type { Row, Tile } from '../../api/types'
import { Bars } from '../../charts/Bars'
import { Pie } from '../../charts/Pie'
import { Breaches } from '../../ui/answer/Breaches'
import { Guidance } from '../../ui/answer/Guidance'
import { RowTable } from '../../ui/answer/RowTable'
import { isWithheldList } from '../../ui/answer/state'
import { counted } from '../../ui/numbers'
import { TrustLink } from '../../ui/TrustLink'
import { afterColon } from '../../ui/words'

const SHOWN = 5
const BARS = 10

/** What is said beside numbers of the list, each sentence once; where it is not said of all, of whom. */
function beside(rows: Row[]): string[] {
  const said = new Map<string, string[]>()
  for (const row of rows.filter(({ value }) => value !== null)) {
    for (const { code, sentence } of row.reasons) if (code !== 'zero_base') said.set(sentence, [...(said.get(sentence) ?? []), row.key ?? 'not stated'])
  }
  return [...said].map(([sentence, keys]) => (keys.length === rows.length ? sentence : `${keys.join(', ')}: ${afterColon(sentence)}`))
}

function Body({ tile, rows }: { tile: Tile; rows: Row[] }) {
  if (tile.slices) return <Pie tile={tile} slices={tile.slices} />
  if (tile.shape === 'bars') return <Bars answer={tile.answer} rows={rows} />
  return <RowTable answer={tile.answer} rows={rows} />
}

/** The first rows of a list; the rest stands in the detail. */
export function ListBody({ tile, rows }: { tile: Tile; rows: Row[] }) {
  const { answer } = tile
  const [reason] = answer.reasons
  const shown = tile.shape === 'bars' ? BARS : SHOWN
  const more = tile.slices ? 0 : Math.max(0, rows.length - shown) + answer.more_rows
  return (
    <div className="list">
      {rows.length > 0 && <Body tile={tile} rows={rows.slice(0, shown)} />}
      {tile.undrawn && <p className="because">{tile.undrawn}</p>}
      {beside(rows).map((sentence) => (
        <p key={sentence} className="because">
          {sentence}
        </p>
      ))}
      {rows.length === 0 && (reason ? <Guidance reason={reason} /> : <p className="guidance-why">Nothing is on this list.</p>)}
      {isWithheldList(answer) && <TrustLink kpi={answer.kpi}>See the problem and all that it blocks</TrustLink>}
      {more > 0 && <p className="more">and {counted(more, 'more', 'more')}</p>}
      <Breaches breaches={answer.breaches} />
    </div>
  )
}
