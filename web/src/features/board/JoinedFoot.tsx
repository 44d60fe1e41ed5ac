import type { Tile } from '../../api/types'
import { Breaches } from '../../ui/answer/Breaches'
import { Foot } from '../../ui/answer/Foot'
import { Guidance } from '../../ui/answer/Guidance'
import { isWithheldList } from '../../ui/answer/state'
import { number } from '../../ui/numbers'
import { TrustLink } from '../../ui/TrustLink'
import { afterColon } from '../../ui/words'
import { detailAddress, open } from './TileHead'
import { tileKey } from './order'

/** Below lists that are shown together: each one's whole, how fresh it is, and what is wrong with it. */
export function JoinedFoot({ tiles, now }: { tiles: Tile[]; now: number }) {
  return (
    <ul className="joined-foot">
      {tiles.map((tile) => (
        <li key={tileKey(tile)} data-kpi={tile.answer.kpi}>
          <p>
            <a className="link" href={detailAddress(tile)} onClick={open}>
              {tile.title}
            </a>
            {tile.answer.value !== null && ` ${number(tile.answer.value, tile.answer.unit)} in all`}
          </p>
          {tile.answer.value === null && !isWithheldList(tile.answer) && tile.answer.reasons[0] && (
            <p className="because">No number for all of them: {afterColon(tile.answer.reasons[0].sentence)}</p>
          )}
          {isWithheldList(tile.answer) && tile.answer.reasons[0] && (
            <>
              <Guidance reason={tile.answer.reasons[0]} />
              <TrustLink kpi={tile.answer.kpi}>See the problem and all that it blocks</TrustLink>
            </>
          )}
          <Breaches breaches={tile.answer.breaches} />
          <Foot answer={tile.answer} now={now} />
        </li>
      ))}
    </ul>
  )
}
