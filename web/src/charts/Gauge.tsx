import type { Answer } from '../api/types'
import { number, short } from '../ui/numbers'
import { along, axis } from './axis'

const RADIUS = 88

function spot(part: number, radius: number): [number, number] {
  const angle = Math.PI * (1 + part / 100)
  return [120 + radius * Math.cos(angle), 116 + radius * Math.sin(angle)]
}

function arc(from: number, to: number, radius: number): string {
  const [[x, y], [u, v]] = [spot(from, radius), spot(to, radius)]
  return `M${x.toFixed(2)} ${y.toFixed(2)}A${radius} ${radius} 0 0 1 ${u.toFixed(2)} ${v.toFixed(2)}`
}

function anchor(part: number): 'start' | 'middle' | 'end' {
  return part < 40 ? 'end' : part > 60 ? 'start' : 'middle'
}

/** Whether the target speaks of the asked period, so that value and bounds belong on one scale. */
export function canGauge({ value, target }: Answer): boolean {
  const bounded = target !== null && (target.low !== null || target.high !== null)
  return value !== null && bounded && (target.reason === null || target.reason.code === 'period_open')
}

/** The value on a scale that begins at zero, and outside of it the range of the target. */
export function Gauge({ answer }: { answer: Answer }) {
  const { value, unit, target } = answer
  if (value === null || !target) return null
  const bounds = [target.low, target.high].filter((bound) => bound !== null)
  const scale = axis([0, Number(value), ...bounds.map((bound) => 1.25 * Number(bound))], unit.kind, 4)
  const place = (text: string | null, otherwise: number) => (text === null ? otherwise : along(scale, Number(text)))
  const [zero, now] = [along(scale, 0), along(scale, Number(value))]
  const [from, to] = [place(target.low, 0), place(target.high, 100)]
  const [inner, outer] = [spot(now, RADIUS - 14), spot(now, RADIUS + 8)]
  return (
    <svg
      className="gauge"
      viewBox="0 0 240 134"
      role="img"
      aria-label={`${number(value, unit)} on a scale from ${short(String(scale.low), unit)} to ${short(String(scale.high), unit)}, target ${target.text}`}
    >
      <path className="gauge-track" d={arc(0, 100, RADIUS)} />
      <path className="gauge-value" d={arc(Math.min(zero, now), Math.max(zero, now), RADIUS)} />
      <path className="gauge-target" d={arc(from, to, RADIUS + 12)} />
      <path className="gauge-needle" d={`M${inner.map((one) => one.toFixed(2)).join(' ')}L${outer.map((one) => one.toFixed(2)).join(' ')}`} />
      {bounds.map((bound) => {
        const part = along(scale, Number(bound))
        const [x, y] = spot(part, RADIUS + 20)
        return (
          <text key={bound} className="gauge-word" x={x} y={y} textAnchor={anchor(part)}>
            {short(bound, unit)}
          </text>
        )
      })}
      <text className="gauge-end" x={120 - RADIUS} y="131" textAnchor="middle">
        {short(String(scale.low), unit)}
      </text>
      <text className="gauge-end" x={120 + RADIUS} y="131" textAnchor="middle">
        {short(String(scale.high), unit)}
      </text>
    </svg>
  )
}
