import type { ReactNode } from 'react'
import { DataTable, type Column } from '../ui/DataTable'

/** The numbers of a chart as a table, one step away. */
export function Behind({ caption, columns, rows }: { caption: string; columns: Column[]; rows: ReactNode[][] }) {
  return (
    <details className="behind">
      <summary>Show as table</summary>
      <div className="behind-table" tabIndex={0} role="region" aria-label={caption}>
        <DataTable caption={caption} columns={columns} rows={rows} />
      </div>
    </details>
  )
}
