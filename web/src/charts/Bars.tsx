import { useContext } from 'react'
import type { Answer, Row } from '../api/types'
import { number, percentChange } from '../ui/numbers'
import { SlotContext } from './slots'

/** From where to where a bar goes, in per cent of the room: zero is a place of its own. */
function reach(value: number, low: number, high: number): { left: string; width: string } {
  const span = high - low || 1
  return { left: `${(100 * (Math.min(0, value) - low)) / span}%`, width: `${(100 * Math.abs(value)) / span}%` }
}

/** A list as bars from zero, each with its name and number: the table is the chart. */
export function Bars({ answer, rows }: { answer: Answer; rows: Row[] }) {
  const slots = useContext(SlotContext)
  const values = rows.flatMap(({ value }) => (value === null ? [] : [Number(value)]))
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const changes = rows.some((row) => row.change_pct !== null)
  return (
    <table className="rows bars">
      <caption className="unseen">{answer.label}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{answer.by ?? 'Name'}</th>
          <th scope="col">Value</th>
          {changes && <th scope="col">Change</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, place) => (
          <tr key={row.key ?? `none-${place}`}>
            <th scope="row">
              {row.key ?? 'not stated'}
              <span className="bar-room" aria-hidden="true">
                {row.value !== null && <span className="bar" data-slot={slots(answer.by ?? '', row.key)} style={reach(Number(row.value), low, high)} />}
                {low < 0 && <span className="bar-zero" style={{ left: `${(100 * -low) / (high - low)}%` }} />}
              </span>
            </th>
            <td title={row.value === null ? row.reasons[0]?.sentence : undefined}>
              {row.value === null ? '–' : number(row.value, answer.unit)}
              {row.value === null && <span className="unseen">{row.reasons[0]?.sentence}</span>}
            </td>
            {changes && <td className="change">{row.change_pct === null ? 'new' : percentChange(row.change_pct)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
