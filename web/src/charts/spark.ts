/** The geometry of a sparkline, in per cent of its box. Pure: points in, shapes out. */
import type { Point, TargetFacts } from '../api/types'

export interface Dot {
  x: number
  y: number
}

export interface Spark {
  /** Unbroken runs; a withheld period ends one. */
  runs: Dot[][]
  last: Dot | null
  /** Heights of the target's bounds that lie within the picture. */
  bounds: number[]
}

const PAD = 8
/** A target farther away than this many times the span of the values would flatten the line, so it is left out. */
const REACH = 1

const drawn = (point: Point) => (point.value === null ? null : Number(point.value))

function extent(values: number[], targets: number[]): [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const span = high - low || Math.abs(high) || 1
  const near = targets.filter((target) => target >= low - REACH * span && target <= high + REACH * span)
  return [Math.min(low, ...near), Math.max(high, ...near)]
}

export function spark(points: Point[], target: TargetFacts | null): Spark {
  const values = points.map(drawn).filter((value) => value !== null)
  if (values.length === 0) return { runs: [], last: null, bounds: [] }
  const targets = [target?.low, target?.high].filter((bound) => bound != null).map(Number)
  const [low, high] = extent(values, targets)
  const x = (index: number) => (points.length === 1 ? 50 : 1 + (98 * index) / (points.length - 1))
  const y = (value: number) => (high === low ? 50 : PAD + ((high - value) * (100 - 2 * PAD)) / (high - low))
  const runs: Dot[][] = [[]]
  points.forEach((point, index) => {
    const value = drawn(point)
    if (value === null) runs.push([])
    else runs.at(-1)?.push({ x: x(index), y: y(value) })
  })
  const full = runs.filter((run) => run.length > 0)
  // The mark belongs to the last period; when that one is withheld there is nothing to mark.
  const last = points.at(-1)?.value == null ? null : (full.at(-1)?.at(-1) ?? null)
  return { runs: full, last, bounds: targets.filter((bound) => bound >= low && bound <= high).map(y) }
}

/** The path of one run; a single point becomes a short stroke, which round caps show as a dot. */
export function path(run: Dot[]): string {
  const [first, ...rest] = run
  if (!first) return ''
  const start = `M${first.x.toFixed(2)} ${first.y.toFixed(2)}`
  return rest.length === 0 ? `${start}h0.01` : start + rest.map(({ x, y }) => `L${x.toFixed(2)} ${y.toFixed(2)}`).join('')
}
