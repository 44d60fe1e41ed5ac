import type { ReactNode } from 'react'

export interface Column {
  label: string
  figures?: boolean
}

interface Props {
  caption: string
  columns: Column[]
  rows: ReactNode[][]
}

/** A plain table; its caption is read aloud and not shown, because a heading stands above it. */
export function DataTable({ caption, columns, rows }: Props) {
  return (
    <table className="table">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, figures }) => (
            <th key={label} scope="col" data-figures={figures}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, column) => (
              <td key={column} data-figures={columns[column]?.figures}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
