import { lazy, Suspense, useState } from 'react'
import { useHistory, type Grain } from '../../api/history'
import type { Answer, History } from '../../api/types'
import { fullDay } from '../../ui/dates'
import { DataTable } from '../../ui/DataTable'
import { Failure } from '../../ui/Failure'
import { number } from '../../ui/numbers'

const HistoryChart = lazy(() => import('../../charts/HistoryChart'))

function HistoryTable({ history }: { history: History }) {
  const rows = history.points.toReversed().map((point) => [
    point.start === point.end ? fullDay(point.end) : `${fullDay(point.start)} – ${fullDay(point.end)}`,
    point.value === null ? '–' : number(point.value, { ...history.unit, currency: point.currency ?? history.unit.currency }),
    point.value === null ? 'withheld' : point.state === 'estimated' ? 'estimated' : point.provisional ? 'provisional' : 'actual',
  ])
  const columns = [{ label: 'Period' }, { label: 'Value', figures: true }, { label: 'State' }]
  return (
    <div className="history-table">
      <DataTable caption="The values of the chart" columns={columns} rows={rows} />
    </div>
  )
}

/** The published values over time: a chart, and behind a button the same as a table. */
export function HistorySection({ answer }: { answer: Answer }) {
  const grain: Grain = answer.period.grain === 'range' ? 'day' : answer.period.grain
  const { data, error, refetch } = useHistory(answer.kpi, grain, answer.generation)
  const [table, setTable] = useState(false)
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  const empty = data?.points.every((point) => point.value === null)
  // One axis holds one currency; the table has the values of the others as well.
  const drawn = data && { ...data, points: data.points.filter((point) => point.currency === null) }
  return (
    <section className="history">
      <div className="section-head">
        <h3>
          {answer.label} by {grain}
        </h3>
        {data && !empty && (
          <button
            type="button"
            className="button"
            aria-pressed={table}
            onClick={() => {
              setTable(!table)
            }}
          >
            Show as table
          </button>
        )}
      </div>
      {empty && <p className="guidance-why">No value has been published yet.</p>}
      {data && table && <HistoryTable history={data} />}
      {!table && !empty && (
        <div className="chart-place">
          {drawn && (
            <Suspense fallback={null}>
              <HistoryChart history={drawn} target={answer.target} label={answer.label} />
            </Suspense>
          )}
        </div>
      )}
    </section>
  )
}
