import { lazy, Suspense, useState } from 'react'
import { useForecast } from '../../api/forecast'
import { useHistory } from '../../api/history'
import type { Answer, ForecastAnswer } from '../../api/types'
import { Guidance } from '../../ui/answer/Guidance'
import { fullDay } from '../../ui/dates'
import { DataTable } from '../../ui/DataTable'
import { Failure } from '../../ui/Failure'
import { counted, number } from '../../ui/numbers'
import { Repair } from '../../ui/Repair'
import { expectations, pointWords, tested } from './forecastWords'
import { useSeen } from './useSeen'

const ForecastChart = lazy(() => import('../../charts/ForecastChart'))

/** So many times as many past periods as are forecast stand before them. */
const PAST = 3
/** Reasons that nobody can or need repair. */
const CALM = new Set(['no_forecast', 'begins_anew'])

function Withheld({ forecast }: { forecast: ForecastAnswer }) {
  const [reason] = forecast.reasons
  const from = forecast.needs?.possible_from
  if (reason?.code === 'not_installed') {
    return (
      <p className="basis">
        Forecasts are not installed here; <code>{reason.repair}</code> adds them.
      </p>
    )
  }
  if (reason && CALM.has(reason.code)) {
    return (
      <p className="basis">
        {reason.sentence} {reason.repair && <Repair text={reason.repair} />}
      </p>
    )
  }
  return (
    <>
      {reason && <Guidance reason={reason} />}
      {from && (
        <p className="basis">
          Possible from {fullDay(from)} on, if no {forecast.grain} is missing until then.
        </p>
      )}
    </>
  )
}

function ForecastTable({ forecast }: { forecast: ForecastAnswer }) {
  const { points, unit, level } = forecast
  const columns = [{ label: 'Period' }, { label: 'Forecast', figures: true }, { label: 'From', figures: true }, { label: 'To', figures: true }]
  const rows = points.map((point) => [pointWords(point), number(point.forecast, unit), number(point.lower, unit), number(point.upper, unit)])
  return (
    <div className="history-table">
      <DataTable caption={`The forecast with its ${level}% interval`} columns={columns} rows={rows} />
    </div>
  )
}

function Course({ forecast, generation }: { forecast: ForecastAnswer; generation: number | null }) {
  const { data } = useHistory(forecast.kpi, forecast.grain, generation)
  const past = data?.points.filter((point) => point.currency === null).slice(-Math.max(PAST * forecast.points.length, 12))
  return (
    <div className="chart-place">
      <Suspense fallback={null}>{past && <ForecastChart past={past} forecast={forecast} />}</Suspense>
    </div>
  )
}

function Told({ forecast, table }: { forecast: ForecastAnswer; table: boolean }) {
  return (
    <>
      {expectations(forecast).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {forecast.backtest && <p className="basis">{tested(forecast.backtest, forecast)}</p>}
      {forecast.reasons.map((reason) => (
        <Guidance key={reason.code} reason={reason} />
      ))}
      {table && <ForecastTable forecast={forecast} />}
      <p className="basis">{forecast.method} No target or alert uses a forecast.</p>
    </>
  )
}

/** The next periods with their interval and how far off such forecasts were, or why there is no forecast. */
export function ForecastSection({ answer }: { answer: Answer }) {
  const [place, seen] = useSeen<HTMLElement>()
  const { data, error, refetch } = useForecast(answer.kpi, answer.generation, seen)
  const [table, setTable] = useState(false)
  const points = data?.points ?? []
  return (
    <section ref={place} className="forecast" aria-busy={!data && !error}>
      <div className="section-head">
        <h3>{points.length > 0 ? `Forecast of the next ${counted(points.length, data?.grain ?? '')}` : 'Forecast'}</h3>
        {points.length > 0 && (
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
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!error && !data && <p className="basis">It is being worked out; the first one takes some seconds.</p>}
      {data && points.length === 0 && <Withheld forecast={data} />}
      {data && points.length > 0 && !table && <Course forecast={data} generation={answer.generation} />}
      {data && points.length > 0 && <Told forecast={data} table={table} />}
    </section>
  )
}
