import type { Answer, Tile } from '../api/types'
import { counted, number, short } from '../ui/numbers'
import { along, axis } from './axis'
import { Behind } from './Behind'
import { useWalk } from './useWalk'

interface Dot {
  key: string | null
  across: string
  up: string
}

/** The keys of which both numbers are known, from left to right. */
function dotsOf(across: Answer, up: Answer): Dot[] {
  const found = (across.rows ?? []).flatMap((row, place) => {
    const other = up.rows?.[place]
    return row.value !== null && other?.value != null ? [{ key: row.key, across: row.value, up: other.value }] : []
  })
  return found.toSorted((one, other) => Number(one.across) - Number(other.across) || Number(one.up) - Number(other.up))
}

/** Two lists beside each other: a dot for each key, the first list to the right, the second up. */
export function Scatter({ label, across, up }: { label: string; across: Tile; up: Tile }) {
  const dots = dotsOf(across.answer, up.answer)
  const right = axis([0, ...dots.map((dot) => Number(dot.across))], across.answer.unit.kind, 4)
  const high = axis([0, ...dots.map((dot) => Number(dot.up))], up.answer.unit.kind, 4)
  const place = (dot: Dot) => ({ x: along(right, Number(dot.across)), y: 100 - along(high, Number(dot.up)) })
  const near = (x: number, y: number) => {
    const far = dots.map((dot) => (place(dot).x - x) ** 2 + ((place(dot).y - y) / 2) ** 2)
    return Math.max(0, far.indexOf(Math.min(...far)))
  }
  const told = (dot: Dot | undefined) =>
    dot ? `${dot.key ?? 'not stated'}: ${across.title} ${number(dot.across, across.answer.unit)}, ${up.title} ${number(dot.up, up.answer.unit)}` : ''
  const walk = useWalk(dots.length, near, (at) => told(dots[at]), `${label}, ${counted(dots.length, 'dot')}`)
  if (dots.length === 0) return null
  const shown = walk.at === null ? undefined : dots[walk.at]
  const left = (across.answer.rows?.length ?? 0) - dots.length
  const more = across.answer.more_rows
  const keys = (across.answer.by ?? 'key').replaceAll('_', ' ')
  const which = more ? `; ${counted(more, 'more', 'more')} with less ${across.title} not shown` : ''
  const resting = `${counted(dots.length, 'dot')}, one for each ${keys}${which}${left ? `; ${left} without a number` : ''}`
  return (
    <div className="chart-body">
      <p className="chart-said">{shown ? told(shown) : resting}</p>
      <p className="axis-name">↑ {up.title}</p>
      <div className="line-chart" data-scatter>
        <div className="line-plot" {...walk.props}>
          <svg className="line-picture" aria-hidden="true">
            {high.ticks.map((tick) => (
              <line key={tick} className="axis-line" x1="0" x2="100%" y1={`${100 - along(high, tick)}%`} y2={`${100 - along(high, tick)}%`} />
            ))}
            {dots.map((dot, at) => (
              <circle key={at} className="scatter-dot" data-shown={at === walk.at || undefined} cx={`${place(dot).x}%`} cy={`${place(dot).y}%`} r={at === walk.at ? 6 : 4} />
            ))}
          </svg>
        </div>
        <div className="axis-up" aria-hidden="true">
          {high.ticks.map((tick) => (
            <span key={tick} style={{ bottom: `${along(high, tick)}%` }}>
              {short(String(tick), up.answer.unit)}
            </span>
          ))}
        </div>
        <div className="axis-along" aria-hidden="true">
          {right.ticks.map((tick) => (
            <span key={tick}>{short(String(tick), across.answer.unit)}</span>
          ))}
        </div>
      </div>
      <p className="axis-name" data-end>
        {across.title} →
      </p>
      <Behind
        caption={label}
        columns={[{ label: across.answer.by ?? 'Key' }, { label: across.title, figures: true }, { label: up.title, figures: true }]}
        rows={dots.toReversed().map((dot) => [dot.key ?? 'not stated', number(dot.across, across.answer.unit), number(dot.up, up.answer.unit)])}
      />
    </div>
  )
}
