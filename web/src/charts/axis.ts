/** Axes: round steps, and where a value stands between the ends, in per cent. Pure. */
export interface Axis {
  low: number
  high: number
  ticks: number[]
}

const STEPS = [1, 2, 5, 10]
const DAY = 86_400_000

/** The smallest round step that makes at most so many parts of the span. */
function step(span: number, parts: number): number {
  const rough = span / parts
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * (STEPS.find((one) => one * power >= rough * 0.999_999) ?? 10)
}

/** An axis with round ends that holds all the values; of counts its steps are whole. */
export function axis(values: number[], kind: string, parts = 3): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const by = Math.max(step(most - least || Math.abs(most) || 1, parts), kind === 'count' ? 1 : 0)
  const first = Math.floor(least / by + 1e-9)
  const last = Math.max(first + 1, Math.ceil(most / by - 1e-9))
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * by).toPrecision(12)))
  return { low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1, ticks }
}

/** How far from the low end, in per cent. */
export function along({ low, high }: Pick<Axis, 'low' | 'high'>, value: number): number {
  return high === low ? 50 : (100 * (value - low)) / (high - low)
}

/** A shop day as a number, so that distances on an axis are true. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY
}
