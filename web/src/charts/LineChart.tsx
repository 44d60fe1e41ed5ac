import type { Course, Point, UnitFacts } from '../api/types'
import { fullDay, monthOf, shortDay } from '../ui/dates'
import { counted, number, short } from '../ui/numbers'
import { along } from './axis'
import { Behind } from './Behind'
import { drawing, type Drawing, type Place } from './course'
import { path } from './spark'
import { useWalk } from './useWalk'

interface Props {
  label: string
  points: Point[]
  course: Course
  unit: UnitFacts
}

const LONG = new Set(['month', 'quarter', 'year'])

function when({ start, end }: Point, { grain }: Course): string {
  if (grain === 'month') return monthOf(start)
  return start === end ? fullDay(end) : `${fullDay(start)} – ${fullDay(end)}`
}

function state(point: Point, now: Point | null): string {
  if (point.value === null) return 'withheld'
  if (point === now) return 'so far'
  return point.state === 'estimated' ? 'estimated' : point.provisional ? 'provisional' : 'actual'
}

function told(point: Point, course: Course, unit: UnitFacts): string {
  const word = state(point, course.now)
  if (point.value === null) return `${when(point, course)}: ${word}`
  return `${when(point, course)}: ${number(point.value, unit)}${word === 'actual' ? '' : `, ${word}`}`
}

const dots = (run: Place[]) => path(run.flatMap(({ x, y }) => (y === null ? [] : [{ x, y }])))
const known = (place: Place): place is Place & { y: number } => place.y !== null

function Picture({ drawn, at }: { drawn: Drawing; at: number | null }) {
  const { places, runs, dashed, gaps, scale, bounds } = drawn
  const height = (value: number) => `${100 - along(scale, value)}%`
  const shown = at === null ? null : places[at]
  const marked = places.filter((place, index) => known(place) && (place.soft || index === places.length - 1 || index === at)).filter(known)
  return (
    <svg className="line-picture" aria-hidden="true">
      {gaps.map(([from, to]) => (
        <rect key={from} className="line-gap" x={`${from}%`} width={`${to - from}%`} y="0" height="100%" />
      ))}
      {scale.ticks.map((tick) => (
        <line key={tick} className="axis-line" x1="0" x2="100%" y1={height(tick)} y2={height(tick)} />
      ))}
      {bounds.map((bound) => (
        <line key={bound} className="target-line" x1="0" x2="100%" y1={height(bound)} y2={height(bound)} />
      ))}
      {shown && <line className="walk-line" x1={`${shown.x}%`} x2={`${shown.x}%`} y1="0" y2="100%" />}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
        {runs.map((run) => (
          <path key={run[0]?.x} className="line-run" d={dots(run)} vectorEffect="non-scaling-stroke" />
        ))}
        {dashed && <path className="line-run" data-soft d={dots(dashed)} vectorEffect="non-scaling-stroke" />}
      </svg>
      {marked.map(({ x, y, soft, point }) => (
        <circle key={point.start} className="line-dot" data-soft={soft || undefined} cx={`${x}%`} cy={`${y}%`} r="3" />
      ))}
    </svg>
  )
}

/** The last periods of a number with axes: the target a line, what is withheld a gap, the period that goes on an open dot. */
export function LineChart({ label, points, course, unit }: Props) {
  const drawn = drawing(points, course, unit)
  const places = drawn?.places ?? []
  const near = (x: number) => places.reduce((best, place, at) => (Math.abs(place.x - x) < Math.abs((places[best]?.x ?? 0) - x) ? at : best), 0)
  const said = (at: number) => (places[at] ? told(places[at].point, course, unit) : '')
  const walk = useWalk(places.length, near, said, `${label} by ${course.grain}, ${counted(places.length, 'value')}`)
  const [first, last] = [places[0], places.at(-1)]
  const onAxis = LONG.has(course.grain) ? monthOf : shortDay
  if (!drawn || !first || !last) return <p className="because">No value of a closed {course.grain} has been published yet.</p>
  const gone = places.filter(({ y }) => y === null).length
  const broken = gone ? `, ${gone} withheld` : drawn.gaps.length > 0 ? ', not known where the line is broken' : ''
  const resting = `By ${course.grain}${broken}${course.now ? `; the open dot is this ${course.grain} so far` : ''}`
  return (
    <div className="chart-body">
      <p className="chart-said">{walk.at === null ? resting : said(walk.at)}</p>
      <div className="line-chart">
        <div className="line-plot" {...walk.props}>
          <Picture drawn={drawn} at={walk.at} />
        </div>
        <div className="axis-up" aria-hidden="true">
          {drawn.scale.ticks.map((tick) => (
            <span key={tick} style={{ bottom: `${along(drawn.scale, tick)}%` }}>
              {short(String(tick), unit)}
            </span>
          ))}
        </div>
        <div className="axis-along" aria-hidden="true">
          <span>{onAxis(first.point.start)}</span>
          {drawn.bounds.length > 0 && <span className="target-word">target {drawn.bounds.map((bound) => short(String(bound), unit)).join(' – ')}</span>}
          <span>{onAxis(last.point.start)}</span>
        </div>
      </div>
      <Behind
        caption={`${label} by ${course.grain}`}
        columns={[{ label: 'Period' }, { label: 'Value', figures: true }, { label: 'State' }]}
        rows={places.toReversed().map(({ point }) => [when(point, course), point.value === null ? '–' : number(point.value, unit), state(point, course.now)])}
      />
    </div>
  )
}
