import type { TrustReport } from '../../api/types'
import { ago, clockTime } from '../../ui/dates'
import { Message } from '../../ui/Message'
import { counted } from '../../ui/numbers'
import { Repair } from '../../ui/Repair'

function NothingLoaded({ report }: { report: TrustReport }) {
  const [first] = report.incidents
  return (
    <div className="nothing">
      <Message tone="muted" shape="info" title={report.sentence}>
        <p>
          What to do next: <Repair text={first?.repair ?? 'assay refresh'} />. Then this page fills by itself.
        </p>
      </Message>
      <h2>What you will see here</h2>
      <dl className="facts">
        <div>
          <dt>Problems</dt>
          <dd>Each once: since when, whose it is, the command that repairs it, and every number that it blocks.</dd>
        </div>
        <div>
          <dt>Sources</dt>
          <dd>How far each stream is complete, how fresh it is, and how many rows came: {report.sources.map((one) => one.stream).join(', ')}.</dd>
        </div>
        <div>
          <dt>Checks</dt>
          <dd>Every check that the data has to pass before a number is shown.</dd>
        </div>
      </dl>
    </div>
  )
}

/** Where there is nothing wrong: what was looked at, and when. */
export function Calm({ report, now }: { report: TrustReport; now: number }) {
  if (report.state === 'nothing_loaded') return <NothingLoaded report={report} />
  const loaded = report.sources.filter((one) => one.complete_until !== null).length
  return (
    <Message tone="good" shape="check" title="Every number can be believed.">
      <p>
        {report.checked_at && (
          <>
            {counted(report.checks.length, 'check')} ran <time dateTime={report.checked_at}>{clockTime(report.checked_at, report.timezone, now)}</time> (
            {ago(report.checked_at, now)}) and passed.{' '}
          </>
        )}
        {counted(loaded, 'stream')} of data {loaded === 1 ? 'is' : 'are'} complete and as fresh as expected, and none of {counted(report.kpis, 'number')} is withheld
        for want of data. This page looks again by itself.
      </p>
    </Message>
  )
}
