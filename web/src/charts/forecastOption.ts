/** The chart of a forecast as ECharts reads it: the newest values, then a dashed line in its band. Pure. */
import type { LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { ForecastAnswer, HistoryPoint } from '../api/types'
import { fullDay, shortDay } from '../ui/dates'
import { number } from '../ui/numbers'

type Option = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>
type Token = (name: string) => string

interface Input {
  past: HistoryPoint[]
  forecast: ForecastAnswer
  token: Token
  animate: boolean
}

/** Sums and counts are compared from zero; all else by height. */
const ADDITIVE = new Set(['money', 'count'])
const BAND = 0.18

function when({ start, end }: { start: string; end: string }): string {
  return start === end ? fullDay(end) : `${fullDay(start)} – ${fullDay(end)}`
}

function tip(index: number, past: HistoryPoint[], forecast: ForecastAnswer): string {
  const { unit, level } = forecast
  const was = past[index]
  if (was) return `${when(was)}: ${was.value === null ? 'withheld' : number(was.value, unit)}${was.provisional ? ', provisional' : ''}`
  const point = forecast.points[index - past.length]
  if (!point) return ''
  return `${when(point)}: forecast ${number(point.forecast, unit)}\n${level}% between ${number(point.lower, unit)} and ${number(point.upper, unit)}`
}

function short(value: number): string {
  return new Intl.NumberFormat(undefined, Math.abs(value) >= 10_000 ? { notation: 'compact' } : { maximumFractionDigits: 2 }).format(value)
}

/** The four lines: what was, what is expected from the newest value on, the band's floor and the band upon it. */
function series(past: HistoryPoint[], points: ForecastAnswer['points'], token: Token): LineSeriesOption[] {
  const values = past.map((point) => (point.value === null ? '-' : Number(point.value)))
  const joined = past.map((_, index) => (index === past.length - 1 ? (values[index] ?? '-') : '-'))
  const plain = { type: 'line' as const, showSymbol: false, symbolSize: 5 }
  const hidden = { ...plain, silent: true, symbol: 'none', stack: 'band', stackStrategy: 'all' as const, lineStyle: { opacity: 0 } }
  return [
    { ...hidden, name: 'from', data: [...joined, ...points.map((point) => Number(point.lower))] },
    {
      ...hidden,
      name: 'to',
      data: [...joined.map((value) => (value === '-' ? '-' : 0)), ...points.map((point) => Number(point.upper) - Number(point.lower))],
      areaStyle: { color: token('series'), opacity: BAND },
    },
    { ...plain, name: 'values', data: [...values, ...points.map(() => '-')], lineStyle: { color: token('series'), width: 2 }, itemStyle: { color: token('series') } },
    {
      ...plain,
      name: 'forecast',
      data: [...joined, ...points.map((point) => Number(point.forecast))],
      lineStyle: { color: token('series'), width: 2, type: 'dashed' },
      itemStyle: { color: token('series') },
    },
  ]
}

export function forecastOption({ past, forecast, token, animate }: Input): Option {
  const { points, grain, label } = forecast
  const muted = { color: token('muted'), fontSize: 11 }
  const all = [...past, ...points]
  return {
    animation: animate,
    animationDuration: 150,
    textStyle: { fontFamily: 'inherit' },
    aria: { enabled: true, label: { description: `${label}: ${past.length} values by ${grain}, then ${points.length} forecast. The table has each of them.` } },
    grid: { left: 4, right: 20, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      axisPointer: { type: 'line', lineStyle: { color: token('line') } },
      renderMode: 'richText',
      backgroundColor: token('surface-raised'),
      borderColor: token('line'),
      textStyle: { color: token('text'), fontSize: 12 },
      formatter: (shown: unknown) => {
        const [first] = Array.isArray(shown) ? (shown as { dataIndex: number }[]) : []
        return first ? tip(first.dataIndex, past, forecast) : ''
      },
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: all.map((point) => (grain === 'day' || grain === 'week' ? shortDay(point.end) : fullDay(point.end))),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token('line') } },
      axisLabel: { ...muted, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: !ADDITIVE.has(forecast.unit.kind),
      splitNumber: 3,
      splitLine: { lineStyle: { color: token('line') } },
      axisLabel: { ...muted, formatter: short },
    },
    series: series(past, points, token),
  }
}
