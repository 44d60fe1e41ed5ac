import { Fragment } from 'react'
import type { FeedTrust, SourceTrust, TrustReport } from '../../api/types'
import { ago, clockTime } from '../../ui/dates'
import { count, counted } from '../../ui/numbers'
import { duration, freshnessWord, partsOf } from './reading'
import { Cell } from './Cell'
import { Word } from './Word'

interface Props {
  report: TrustReport
  now: number
}

type Row = Pick<SourceTrust | FeedTrust, 'complete_until' | 'newest_load' | 'rows' | 'expected_rows'>

function Instant({ at, zone, now }: { at: string | null; zone: string; now: number }) {
  if (at === null) return <>–</>
  return (
    <>
      <time dateTime={at}>{clockTime(at, zone, now)}</time> <span className="because">{ago(at, now)}</span>
    </>
  )
}

function Cells({ row, zone, now }: { row: Row; zone: string; now: number }) {
  return (
    <>
      <Cell label="Complete until">{row.complete_until === null ? 'nothing loaded yet' : <Instant at={row.complete_until} zone={zone} now={now} />}</Cell>
      <Cell label="Newest load">
        <Instant at={row.newest_load} zone={zone} now={now} />
      </Cell>
      <Cell label="Rows" figures>
        {count(row.rows)}
      </Cell>
      <Cell label="Expected rows" figures>
        {row.expected_rows === null ? <span className="because">not told</span> : count(row.expected_rows)}
      </Cell>
    </>
  )
}

function Stream({ source, zone, now }: { source: SourceTrust; zone: string; now: number }) {
  const [only] = source.feeds
  const parts = partsOf(source)
  return (
    <Fragment>
      <tr>
        <th scope="row">
          {source.stream} <span className="because">{parts.length === 0 ? only?.source : null}</span>
          <span className="because row-note">{source.owner}</span>
        </th>
        <Cell label="State">
          {source.freshness === null ? '–' : <Word {...freshnessWord(source.freshness)} />}{' '}
          <span className="because">expected within {duration(source.expected)}</span>
          {source.missing_days > 0 && <span className="because row-note">{counted(source.missing_days, 'day')} missing</span>}
        </Cell>
        <Cells row={source} zone={zone} now={now} />
      </tr>
      {parts.map((feed) => (
        <tr key={`${feed.source}|${feed.shard ?? ''}`} className="part">
          <th scope="row">
            {feed.shard ?? feed.source} <span className="because">{feed.shard === null ? null : feed.source}</span>
          </th>
          <Cell label="State">
            {feed.freshness ? <Word {...freshnessWord(feed.freshness)} /> : <span className="because">{feed.retired ? 'retired' : 'another one has gone on'}</span>}
          </Cell>
          <Cells row={feed} zone={zone} now={now} />
        </tr>
      ))}
    </Fragment>
  )
}

/** Every stream, with its sources and shards: how far it is complete, and how fresh that is. */
export function Sources({ report, now }: Props) {
  return (
    <section className="section">
      <h2>Sources</h2>
      <div className="panel">
        <table className="table stacked">
          <caption className="unseen">Sources</caption>
          <thead>
            <tr>
              <th scope="col">Stream</th>
              <th scope="col">State</th>
              <th scope="col">Complete until</th>
              <th scope="col">Newest load</th>
              <th scope="col" data-figures="true">
                Rows
              </th>
              <th scope="col" data-figures="true">
                Expected rows
              </th>
            </tr>
          </thead>
          <tbody>
            {report.sources.map((source) => (
              <Stream key={source.stream} source={source} zone={report.timezone} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
