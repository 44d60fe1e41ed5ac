/** The chart of a history as ECharts reads it. Pure: values and tokens in, options out. */
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { History, Point, TargetFacts } from '../api/types'
import { fullDay, shortDay } from '../ui/dates'
import { number } from '../ui/numbers'

type Option = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption>
type Token = (name: string) => string

interface Input {
  history: History
  target: TargetFacts | null
  label: string
  token: Token
  animate: boolean
}

const SOFT = 0.45

/** Sums and counts are compared by length from zero; all else by height. */
const ADDITIVE = new Set(['money', 'count'])

function tip(point: Point | undefined, history: History): string {
  if (!point) return ''
  const when = point.start === point.end ? fullDay(point.end) : `${fullDay(point.start)} – ${fullDay(point.end)}`
  if (point.value === null) return `${when}: withheld`
  const state = point.state === 'estimated' ? ', estimated' : point.provisional ? ', provisional' : ''
  return `${when}: ${number(point.value, history.unit)}${state}`
}

function axisNumber(value: number, history: History): string {
  const compact = Math.abs(value) >= 10_000 && history.unit.kind !== 'percent'
  if (compact) return new Intl.NumberFormat(undefined, { notation: 'compact' }).format(value)
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(value)
}

/** A provisional or estimated value is drawn paler: it may still change. */
function datum(point: Point) {
  if (point.value === null) return '-'
  const firm = !point.provisional && point.state === 'actual'
  return firm ? Number(point.value) : { value: Number(point.value), itemStyle: { opacity: SOFT } }
}

function targetLines(target: TargetFacts | null, token: Token) {
  const bounds = [target?.low, target?.high].filter((bound) => bound != null)
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: token('muted'), type: 'solid' as const, width: 1 },
    label: { color: token('muted'), position: 'end' as const, formatter: 'target', fontSize: 11 },
    data: bounds.map((bound) => ({ yAxis: Number(bound) })),
  }
}

export function historyOption({ history, target, label, token, animate }: Input): Option {
  const bars = ADDITIVE.has(history.unit.kind)
  const shared = { name: label, data: history.points.map((point) => datum(point)), markLine: targetLines(target, token) }
  const muted = { color: token('muted'), fontSize: 11 }
  return {
    animation: animate,
    animationDuration: 150,
    textStyle: { fontFamily: 'inherit' },
    aria: { enabled: true, label: { description: `${label} by ${history.grain}, ${history.points.length} values. The table has each of them.` } },
    grid: { left: 4, right: target?.low != null || target?.high != null ? 44 : 8, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
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
        return tip(first && history.points[first.dataIndex], history)
      },
    },
    xAxis: {
      type: 'category',
      data: history.points.map((point) => (history.grain === 'day' || history.grain === 'week' ? shortDay(point.end) : fullDay(point.end))),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token('line') } },
      axisLabel: { ...muted, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: !bars,
      splitNumber: 3,
      splitLine: { lineStyle: { color: token('line') } },
      axisLabel: { ...muted, formatter: (value: number) => axisNumber(value, history) },
    },
    series: bars
      ? [{ type: 'bar', ...shared, itemStyle: { color: token('series'), borderRadius: [2, 2, 0, 0] }, barMaxWidth: 24 }]
      : [{ type: 'line', ...shared, symbolSize: 5, showSymbol: false, lineStyle: { color: token('series'), width: 2 }, itemStyle: { color: token('series') }, connectNulls: false }],
  }
}
