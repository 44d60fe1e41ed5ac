import type { CSSProperties } from 'react'
import type { Answer, Cohort, CohortCell, CohortTable as Table } from '../../api/types'
import { counted, number, parts, short } from '../numbers'
import { cohortName } from '../periods'
import { cohortReasons, shade } from './cohorts'

/** The figures alone: the heading of the table says what they measure. */
function figures(value: string, answer: Answer): string {
  if (answer.unit.kind !== 'percent') return short(value, answer.unit)
  const found = parts(value, answer.unit).filter((part) => !part.unit)
  return found.map((part) => part.text.trim()).join('')
}

function Cell({ cell, answer, strength }: { cell: CohortCell | undefined; answer: Answer; strength: number }) {
  if (!cell) return <td />
  if (cell.value === null) {
    const why = cell.reasons[0]?.sentence ?? 'There is no number.'
    return (
      <td className="cohort-dash" title={why}>
        <span aria-hidden="true">–</span>
        <span className="unseen">{why}</span>
      </td>
    )
  }
  return (
    <td className="cohort-cell" style={{ '--shade': strength } as CSSProperties} title={number(cell.value, answer.unit)} data-provisional={cell.provisional || undefined}>
      {figures(cell.value, answer)}
    </td>
  )
}

function Row({ row, ages, answer, table }: { row: Cohort; ages: number[]; answer: Answer; table: Table }) {
  return (
    <tr>
      <th scope="row">
        {cohortName(row.name, row.start)}
        {row.size !== null && <span className="cohort-size">{counted(row.size, 'came', 'came')}</span>}
      </th>
      {ages.map((age) => {
        const cell = row.cells.find((one) => one.since === age)
        return <Cell key={age} cell={cell} answer={answer} strength={shade(cell?.value ?? null, table)} />
      })}
    </tr>
  )
}

/** Who came when, and how they stood at the end of each period since; a dash has its reason, here and under the table. */
export function CohortTable({ answer, table }: { answer: Answer; table: Table }) {
  const ages = [...new Set(table.rows.flatMap((row) => row.cells.map((cell) => cell.since)))].toSorted((one, other) => one - other)
  const measure = answer.unit.kind === 'percent' ? 'In percent' : (answer.unit.currency ?? 'Number')
  return (
    <div className="cohorts">
      <div className="cohort-scroll" tabIndex={0} role="region" aria-label={answer.label}>
        <table className="cohort-table">
          <caption>
            {measure}, by {table.grain}s since; 0 is the {table.grain} itself
          </caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">Came in</span>
              </th>
              {ages.map((age) => (
                <th key={age} scope="col" aria-label={counted(age, `${table.grain} later`, `${table.grain}s later`)}>
                  {age}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <Row key={row.name} row={row} ages={ages} answer={answer} table={table} />
            ))}
          </tbody>
        </table>
      </div>
      {cohortReasons(table).map((sentence) => (
        <p key={sentence} className="because">
          – {sentence}
        </p>
      ))}
    </div>
  )
}
