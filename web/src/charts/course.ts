/** The geometry of a line over time, in per cent of its box. Pure: points in, shapes out. */
import type { Course, Point, UnitFacts } from '../api/types'
import { along, axis, dayNumber, type Axis } from './axis'

export interface Place {
  point: Point
  x: number
  /** null where the period is withheld. */
  y: number | null
  /** Whether it may still change: it goes on, has not settled, or is estimated. */
  soft: boolean
}

export interface Drawing {
  places: Place[]
  /** Unbroken runs of what is known. */
  runs: Place[][]
  /** From the last closed period to the one that goes on, where both are known. */
  dashed: [Place, Place] | null
  /** What is not known, as spans between x and x. */
  gaps: [number, number][]
  scale: Axis
  bounds: number[]
}

/** Sums and counts are read from zero. */
const FROM_ZERO = new Set(['money', 'count'])
/** A target farther from the values than this many times their span would flatten the line, so it is left out. */
const REACH = 2

function scaleOf(values: number[], targets: number[], unit: UnitFacts): Axis {
  const shown = FROM_ZERO.has(unit.kind) ? [...values, 0] : values
  const [low, high] = [Math.min(...shown), Math.max(...shown)]
  const span = high - low || Math.abs(high) || 1
  return axis([...shown, ...targets.filter((target) => target >= low - REACH * span && target <= high + REACH * span)], unit.kind)
}

export function drawing(closed: Point[], course: Course, unit: UnitFacts): Drawing | null {
  const points = course.now ? [...closed, course.now] : closed
  const values = points.flatMap(({ value }) => (value === null ? [] : [Number(value)]))
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || values.length === 0) return null
  const targets = [course.low, course.high].filter((bound) => bound !== null).map(Number)
  const scale = scaleOf(values, targets, unit)
  const days = { low: dayNumber(first.start), high: dayNumber(last.start) }
  const places = points.map((point) => ({
    point,
    x: along(days, dayNumber(point.start)),
    y: point.value === null ? null : 100 - along(scale, Number(point.value)),
    soft: point.provisional || point === course.now || point.state === 'estimated',
  }))
  const runs: Place[][] = [[]]
  const gaps: [number, number][] = []
  let dashed: [Place, Place] | null = null
  places.forEach((place, at) => {
    const before = places[at - 1]
    // Periods follow each other day by day; where one is not there at all, nothing is known of it either.
    const follows = before && dayNumber(before.point.end) + 1 === dayNumber(place.point.start)
    if (before && !follows) gaps.push([before.x, place.x])
    if (place.y === null) gaps.push([before?.x ?? place.x, places[at + 1]?.x ?? place.x])
    else if (place.point === course.now) dashed = before && before.y !== null && follows ? [before, place] : null
    if (place.y === null || !follows) runs.push([])
    if (place.y !== null && place.point !== course.now) runs.at(-1)?.push(place)
  })
  return { places, runs: runs.filter((run) => run.length > 0), dashed, gaps, scale, bounds: targets.filter((one) => one >= scale.low && one <= scale.high) }
}
