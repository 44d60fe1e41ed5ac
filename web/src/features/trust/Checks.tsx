import type { CheckTrust, TrustReport } from '../../api/types'
import { clockTime } from '../../ui/dates'
import { count, counted } from '../../ui/numbers'
import { Cell } from './Cell'
import { Word } from './Word'

interface Props {
  report: TrustReport
  now: number
}

function Status({ check }: { check: CheckTrust }) {
  if (check.status === 'passed') return <Word text="Passed" tone="muted" shape="check" />
  const text = check.status === 'failed' ? 'Fails' : 'Could not run'
  return <Word text={text} tone="attention" shape={check.blocking ? 'cross' : 'warning'} />
}

function Rows({ checks, caption, zone, now }: { checks: CheckTrust[]; caption: string; zone: string; now: number }) {
  return (
    <table className="table stacked">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Check</th>
          <th scope="col">Status</th>
          <th scope="col" data-figures="true">
            Failures
          </th>
          <th scope="col">Blocks</th>
          <th scope="col">Since</th>
          <th scope="col">Models</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <tr key={check.check}>
            <th scope="row">{check.check}</th>
            <Cell label="Status">
              <Status check={check} />
            </Cell>
            <Cell label="Failures" figures>
              {count(check.failures)}
            </Cell>
            <Cell label="Blocks">{check.blocking ? 'yes' : 'no'}</Cell>
            <Cell label="Since">{check.since === null ? '–' : <time dateTime={check.since}>{clockTime(check.since, zone, now)}</time>}</Cell>
            <Cell label="Models">
              <span className="because">{check.models.join(', ')}</span>
            </Cell>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Every check; those that pass are one click away. */
export function Checks({ report, now }: Props) {
  const failing = report.checks.filter((check) => check.status !== 'passed')
  const passed = report.checks.filter((check) => check.status === 'passed')
  const ran = report.checked_at && <time dateTime={report.checked_at}>{clockTime(report.checked_at, report.timezone, now)}</time>
  return (
    <section className="section">
      <h2>Checks</h2>
      <div className="panel">
        {failing.length > 0 && <Rows checks={failing} caption="Checks that fail" zone={report.timezone} now={now} />}
        {passed.length > 0 && (
          <details className="passed">
            <summary>{failing.length > 0 ? `${counted(passed.length, 'other')} passed` : `All ${counted(passed.length, 'check')} passed`}</summary>
            <Rows checks={passed} caption="Checks that passed" zone={report.timezone} now={now} />
          </details>
        )}
        {report.checks.length === 0 && <p>No check has been run yet.</p>}
        {ran && <p className="because">Checks ran last {ran}.</p>}
      </div>
    </section>
  )
}
