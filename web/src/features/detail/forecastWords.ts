/** A forecast in words: what is expected, and how far off such forecasts were. */
import type { BacktestFacts, ForecastAnswer, ForecastPoint, UnitFacts } from '../../api/types'
import { fullDay } from '../../ui/dates'
import { counted, number, plainPercent } from '../../ui/numbers'

export function pointWords({ start, end, period }: ForecastPoint): string {
  if (start === end) return fullDay(end)
  if (!/^\d{4}-\d\d$/.test(period)) return `${fullDay(start)} – ${fullDay(end)}`
  return new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', year: 'numeric' }).format(new Date(`${start}T00:00:00Z`))
}

/** An error in as many decimals as it came with; a percentage is off by points. */
function off(error: string, unit: UnitFacts): string {
  const decimals = error.split('.')[1]?.length ?? 0
  if (unit.kind !== 'percent') return number(error, { ...unit, decimals })
  return `${number(error, { kind: 'number', currency: null, decimals })} points`
}

function expected(point: ForecastPoint, { unit, level }: ForecastAnswer): string {
  return `${pointWords(point)}: about ${number(point.forecast, unit)}, ${level}% likely between ${number(point.lower, unit)} and ${number(point.upper, unit)}.`
}

/** The first and the last period ahead. */
export function expectations(forecast: ForecastAnswer): string[] {
  const { points } = forecast
  const [first, last] = [points[0], points.at(-1)]
  const shown = first === last ? [first] : [first, last]
  return shown.filter((point) => point !== undefined).map((point) => expected(point, forecast))
}

/** What the naive forecast repeats, by the length of the season. */
const BEFORE: Record<number, string> = { 7: 'the week before', 12: 'the year before' }

/** How such forecasts did on periods that they had not seen. */
export function tested(test: BacktestFacts, { unit, grain, level, model, season }: ForecastAnswer): string {
  const share = test.wape_pct === null ? off(test.mae, unit) : `${plainPercent(test.wape_pct)} (${off(test.mae, unit)})`
  const naive = model === 'naive' ? '' : ` Repeating ${BEFORE[season ?? 1] ?? 'the newest value'} would have been off by ${off(test.naive_mae, unit)}.`
  return (
    `From ${fullDay(test.start)} to ${fullDay(test.end)} such forecasts were off by ${share} on average.${naive} ` +
    `${counted(test.within, grain)} of ${test.periods} lay within the interval: ${plainPercent(test.coverage_pct)}, where ${level}% should.`
  )
}
