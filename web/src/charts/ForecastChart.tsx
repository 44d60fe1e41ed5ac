import { LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { init, use as register, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ForecastAnswer, HistoryPoint } from '../api/types'
import { useMedia } from '../ui/media'
import { forecastOption } from './forecastOption'

register([LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer])

interface Props {
  past: HistoryPoint[]
  forecast: ForecastAnswer
}

/** The newest values, and the forecast as a dashed line in the band in which it should lie. */
export default function ForecastChart({ past, forecast }: Props) {
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
    const style = getComputedStyle(document.documentElement) // it has changed by the time `dark` has
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
    chart.current?.setOption(forecastOption({ past, forecast, token, animate: !still }), true)
  }, [past, forecast, dark, still])
  return <div ref={place} className="chart" />
}
