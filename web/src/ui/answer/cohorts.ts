/** What a cohort table says beside its figures. Pure. */
import type { CohortTable } from '../../api/types'

const SHOWN = 3

/** How strongly a cell is shaded, 0 to 1: its part of the table's largest. */
export function shade(value: string | null, table: CohortTable): number {
  if (value === null) return 0
  const most = Math.max(...table.rows.flatMap((row) => row.cells.map((cell) => Number(cell.value ?? 0))))
  return most > 0 ? Math.min(1, Math.max(0, Number(value) / most)) : 0
}

/** Why cells have no number, each reason once. */
export function cohortReasons(table: CohortTable): string[] {
  const missing = table.rows.flatMap((row) => row.cells.filter((cell) => cell.value === null).map((cell) => cell.reasons[0]))
  const open = missing.some((reason) => reason?.code === 'period_open')
  const others = missing.filter((reason) => reason && reason.code !== 'period_open').map((reason) => reason?.sentence ?? '')
  return [...(open ? [`The ${table.grain} is not over.`] : []), ...new Set(others)].slice(0, SHOWN)
}
