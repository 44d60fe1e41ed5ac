import type { ReactNode } from 'react'

/** A cell that says its column's name where the table is narrow and stands as a list. */
export function Cell({ label, figures, children }: { label: string; figures?: boolean; children: ReactNode }) {
  return (
    <td data-label={label} data-figures={figures}>
      <span>{children}</span>
    </td>
  )
}
