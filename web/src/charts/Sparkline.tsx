import type { Point, TargetFacts, UnitFacts } from '../api/types'
import { counted, number } from '../ui/numbers'
import { path, spark } from './spark'

interface Props {
  points: Point[]
  target: TargetFacts | null
  unit: UnitFacts
}

function described(points: Point[], unit: UnitFacts): string {
  const values = points.map((point) => point.value).filter((value) => value !== null)
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined || last === undefined) return 'No values yet'
  const missing = points.length - values.length
  const gaps = missing ? `, ${counted(missing, 'value')} withheld` : ''
  return `Last ${counted(points.length, 'value')}: from ${number(first, unit)} to ${number(last, unit)}${gaps}`
}

/** The recent course, without axes: the last point marked, the target a thin line, withheld days gaps. */
export function Sparkline({ points, target, unit }: Props) {
  const { runs, last, bounds } = spark(points, target)
  if (runs.length === 0) return <div className="spark" />
  return (
    <svg className="spark" role="img" aria-label={described(points, unit)}>
      {bounds.map((y) => (
        <line key={y} className="spark-target" x1="0" x2="100%" y1={`${y}%`} y2={`${y}%`} />
      ))}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
        {runs.map((run, index) => (
          <path key={index} className="spark-line" d={path(run)} vectorEffect="non-scaling-stroke" />
        ))}
      </svg>
      {last && <circle className="spark-last" cx={`${last.x}%`} cy={`${last.y}%`} r="3" data-provisional={points.at(-1)?.provisional || undefined} />}
    </svg>
  )
}
