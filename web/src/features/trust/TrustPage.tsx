import { useEffect } from 'react'
import { useTrust } from '../../api/trust'
import type { TrustReport } from '../../api/types'
import { useNow } from '../../ui/clock'
import { Failure } from '../../ui/Failure'
import { useAddress } from '../../ui/route'
import { Calm } from './Calm'
import { Checks } from './Checks'
import { IncidentCard } from './IncidentCard'
import { pointedAt } from './reading'
import { Sources } from './Sources'
import { TrustHead } from './TrustHead'
import { TrustSkeleton } from './TrustSkeleton'

function Incidents({ report, now }: { report: TrustReport; now: number }) {
  const blocked = useAddress().searchParams.get('blocked')
  const pointed = pointedAt(report, blocked)
  useEffect(() => {
    if (pointed) document.getElementById(pointed)?.focus()
  }, [pointed])
  return (
    <section className="section">
      <h2>Problems</h2>
      <ol className="incidents">
        {report.incidents.map((incident) => (
          <li key={incident.id}>
            <IncidentCard incident={incident} zone={report.timezone} now={now} pointed={incident.id === pointed} />
          </li>
        ))}
      </ol>
    </section>
  )
}

/** One screen: every problem with what it blocks, every source, every check. */
export function TrustPage() {
  const { data: report, error, refetch } = useTrust()
  const now = useNow(report?.now)
  const retry = () => void refetch()
  useEffect(() => {
    document.title = report ? `Trust · ${report.project}` : 'Assay'
  }, [report])
  if (!report) return error ? <Failure error={error} retry={retry} /> : <TrustSkeleton />
  const nothing = report.state === 'nothing_loaded'
  return (
    <>
      <TrustHead report={report} now={now} />
      {error && <Failure error={error} retry={retry} />}
      {(nothing || report.incidents.length === 0) && <Calm report={report} now={now} />}
      {!nothing && report.incidents.length > 0 && <Incidents report={report} now={now} />}
      {!nothing && (
        <>
          <Sources report={report} now={now} />
          <Checks report={report} now={now} />
        </>
      )}
    </>
  )
}
