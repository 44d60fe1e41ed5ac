import type { TrustReport } from '../../api/types'
import { ago, clockTime } from '../../ui/dates'
import { Shape } from '../../ui/Shape'
import { standing } from './reading'

/** How things stand, in one sentence, and when that was looked at. */
export function TrustHead({ report, now }: { report: TrustReport; now: number }) {
  const { shape, tone } = standing(report)
  return (
    <header className="board-head">
      <div>
        <h1>Trust</h1>
        <p className="description">What the numbers rest on, what is wrong with it, and what that blocks.</p>
      </div>
      <div className="board-state">
        <p className="summary" data-tone={tone}>
          <Shape name={shape} tone={tone} />
          <strong>{report.sentence}</strong>
        </p>
        {report.published_at && (
          <p className="published">
            published <time dateTime={report.published_at}>{clockTime(report.published_at, report.timezone, now)}</time>,{' '}
            {ago(report.published_at, now)}
          </p>
        )}
      </div>
    </header>
  )
}
