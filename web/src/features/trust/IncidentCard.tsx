import type { Incident } from '../../api/types'
import { ago, clockTime, day } from '../../ui/dates'
import { counted } from '../../ui/numbers'
import { Repair } from '../../ui/Repair'
import { Shape } from '../../ui/Shape'
import { BlockedElsewhere, BlockedNow } from './BlockedNumbers'
import { incidentMark, isGrave } from './reading'

const DAYS_SHOWN = 7

interface Props {
  incident: Incident
  zone: string
  now: number
  pointed: boolean
}

function Days({ incident, now }: { incident: Incident; now: number }) {
  const shown = incident.days.slice(0, DAYS_SHOWN)
  const more = incident.days_count - shown.length
  return (
    <div>
      <dt>{counted(incident.days_count, 'day')}</dt>
      <dd>
        {shown.map((one) => day(one, now)).join(' · ')}
        {more > 0 && ` and ${counted(more, 'more', 'more')}`}
      </dd>
    </div>
  )
}

/** One root cause: what is wrong, since when, whose it is, how to repair it, and everything that it blocks. */
export function IncidentCard({ incident, zone, now, pointed }: Props) {
  const { shape, tone } = incidentMark(incident)
  const blockedNow = incident.blocks.filter((one) => one.now)
  const others = incident.blocks.filter((one) => !one.now)
  return (
    <article className="incident" id={incident.id} tabIndex={-1} data-grave={isGrave(incident) || undefined} data-pointed={pointed || undefined}>
      <h3 className="incident-title">
        <Shape name={shape} tone={tone} />
        <span>{incident.sentence}</span>
      </h3>
      <div className="incident-body">
        <dl className="facts incident-facts">
          {incident.since && (
            <div>
              <dt>Since</dt>
              <dd>
                <time dateTime={incident.since}>{clockTime(incident.since, zone, now)}</time>, {ago(incident.since, now)}
              </dd>
            </div>
          )}
          <div>
            <dt>Whose it is</dt>
            <dd>{incident.owner ?? 'Whoever runs Assay'}</dd>
          </div>
          {incident.repair && (
            <div>
              <dt>Repair</dt>
              <dd className="guidance">
                <Repair text={incident.repair} />
              </dd>
            </div>
          )}
          {incident.days_count > 0 && <Days incident={incident} now={now} />}
          {incident.models.length > 0 && (
            <div>
              <dt>Held back</dt>
              <dd>{incident.models.join(', ')}</dd>
            </div>
          )}
        </dl>
        <div className="blocked">
          <BlockedNow blocks={blockedNow} />
          <BlockedElsewhere blocks={others} also={blockedNow.length > 0} />
          {incident.blocks.length === 0 && <p className="because">It blocks nothing.</p>}
        </div>
      </div>
    </article>
  )
}
