import type { Tile } from '../../api/types'
import { Mark } from '../../ui/answer/Mark'
import { periodWords } from '../../ui/periods'
import { follow } from '../../ui/route'

/** The address of a tile's detail. */
export function detailAddress({ answer }: Tile): string {
  const query = new URLSearchParams({ kpi: answer.kpi, period: answer.period.name })
  if (answer.by) query.set('by', answer.by)
  return `?${query.toString()}`
}

export const open = follow('push')

/** The label is the tile's link: it covers the whole tile, so that the name read aloud stays short. */
export function TileHead({ tile, now }: { tile: Tile; now: number }) {
  return (
    <header className="tile-head">
      <h3 className="tile-label">
        <a href={detailAddress(tile)} onClick={open}>
          {tile.title}
        </a>
        <Mark criticality={tile.answer.criticality} />
      </h3>
      <p className="tile-period">{periodWords(tile.answer.period, now)}</p>
    </header>
  )
}
