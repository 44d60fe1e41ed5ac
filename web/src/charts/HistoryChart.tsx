import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use as register, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { History, TargetFacts } from '../api/types'
import { useMedia } from '../ui/media'
import { historyOption } from './historyOption'

register([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, AriaComponent, SVGRenderer])

interface Props {
  history: History
  target: TargetFacts | null
  label: string
}

/** The published values over time: bars from zero for what adds up, a line for rates and averages. */
export default function HistoryChart({ history, target, label }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const dark = useMedia('(prefers-color-scheme: dark)')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = init(element, null, { renderer: 'svg' })
    chart.current = made
    const follow = new ResizeObserver(() => {
      made.resize()
    })
    follow.observe(element)
    return () => {
      follow.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    // The colours are read from the style sheet, which has changed by the time `dark` has.
    const style = getComputedStyle(document.documentElement)
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
    chart.current?.setOption(historyOption({ history, target, label, token, animate: !still }), true)
  }, [history, target, label, dark, still])
  return <div ref={place} className="chart" />
}
