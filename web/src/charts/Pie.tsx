import { useContext } from 'react'
import type { Slice, Tile } from '../api/types'
import { number, plainPercent } from '../ui/numbers'
import { dimensionOf, SlotContext } from './slots'

const SMALLEST_NUMBERED = 6
const FULL = 99.999

function at(turn: number, radius: number): string {
  const angle = 2 * Math.PI * (turn - 0.25)
  return `${(50 + radius * Math.cos(angle)).toFixed(3)} ${(50 + radius * Math.sin(angle)).toFixed(3)}`
}

/** A slice from one part of the turn to another. */
function wedge(from: number, to: number): string {
  const large = to - from > 0.5 ? 1 : 0
  return `M50 50L${at(from, 50)}A50 50 0 ${large} 1 ${at(to, 50)}Z`
}

function name(slice: Slice): string {
  return slice.rest ? 'All others' : (slice.key ?? 'not stated')
}

/** The parts of a whole, and beside them their names and numbers; slice and row have the same number. */
export function Pie({ tile, slices }: { tile: Tile; slices: Slice[] }) {
  const slots = useContext(SlotContext)
  const ends = slices.map((_, place) => slices.slice(0, place + 1).reduce((sum, slice) => sum + Number(slice.share_pct) / 100, 0))
  const colour = (slice: Slice) => (slice.rest ? 'rest' : (slots(dimensionOf(tile), slice.key) ?? 'rest'))
  return (
    <div className="pie">
      <svg className="pie-picture" viewBox="-1 -1 102 102" aria-hidden="true">
        {slices.map((slice, place) => {
          const [from, to] = [ends[place - 1] ?? 0, ends[place] ?? 1]
          const [x, y] = at((from + to) / 2, 33).split(' ')
          return (
            <g key={place} data-slot={colour(slice)}>
              {Number(slice.share_pct) > FULL ? <circle className="pie-slice" cx="50" cy="50" r="50" /> : <path className="pie-slice" d={wedge(from, to)} />}
              {Number(slice.share_pct) >= SMALLEST_NUMBERED && (
                <text className="pie-number" x={x} y={y} dy="0.35em">
                  {place + 1}
                </text>
              )}
            </g>
          )
        })}
      </svg>
      <table className="rows">
        <caption className="unseen">{tile.title}</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">{tile.answer.by ?? 'Part'}</th>
            <th scope="col">Value</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {slices.map((slice, place) => (
            <tr key={place}>
              <th scope="row">
                <span className="part-name">
                  <span className="swatch" data-slot={colour(slice)} aria-hidden="true">
                    {place + 1}
                  </span>
                  <span>{name(slice)}</span>
                </span>
              </th>
              <td>{number(slice.value, tile.answer.unit)}</td>
              <td>{plainPercent(slice.share_pct)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
