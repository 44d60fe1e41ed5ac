import type { Answer, Row } from '../../api/types'
import { number, percentChange } from '../numbers'

function cell(row: Row, answer: Answer): string {
  return row.value === null ? '–' : number(row.value, answer.unit)
}

/** The rows of a list: what, how it stands, how much, and its change where there is one. */
export function RowTable({ answer, rows }: { answer: Answer; rows: Row[] }) {
  const changes = rows.some((row) => row.change_pct !== null)
  const steps = rows.some((row) => row.tier !== null)
  return (
    <table className="rows">
      <caption className="unseen">{answer.label}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{answer.by ?? 'Name'}</th>
          {steps && <th scope="col">Standing</th>}
          <th scope="col">Value</th>
          {changes && <th scope="col">Change</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row.key ?? `none-${index}`}>
            <th scope="row">{row.key ?? 'not stated'}</th>
            {steps && <td className="standing">{row.tier}</td>}
            <td title={row.value === null ? row.reasons[0]?.sentence : undefined}>{cell(row, answer)}</td>
            {changes && <td className="change">{row.change_pct === null ? 'new' : percentChange(row.change_pct)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
