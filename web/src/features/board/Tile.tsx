import type { Tile as TileFacts } from '../../api/types'
import { canGauge, Gauge } from '../../charts/Gauge'
import { LineChart } from '../../charts/LineChart'
import { Pie } from '../../charts/Pie'
import { Sparkline } from '../../charts/Sparkline'
import { Breaches } from '../../ui/answer/Breaches'
import { CohortTable } from '../../ui/answer/CohortTable'
import { Comparison } from '../../ui/answer/Comparison'
import { Foot } from '../../ui/answer/Foot'
import { Guidance } from '../../ui/answer/Guidance'
import { graveFirst, isEmpty, isWithheld } from '../../ui/answer/state'
import { Target } from '../../ui/answer/Target'
import { Value } from '../../ui/answer/Value'
import { TrustLink } from '../../ui/TrustLink'
import { ListBody } from './ListBody'
import { TileHead } from './TileHead'

interface Props {
  tile: TileFacts
  now: number
}

/** The picture below a number: its recent course, unless its board asks for another. */
function Picture({ tile }: { tile: TileFacts }) {
  const { answer, course, shape, slices, spark } = tile
  if (shape === 'line' && course) return <LineChart label={tile.title} points={spark} course={course} unit={answer.unit} />
  if (shape === 'pie' && slices) return <Pie tile={tile} slices={slices} />
  if (shape === 'gauge' && canGauge(answer)) return <Gauge answer={answer} />
  return <Sparkline points={spark} target={answer.target} unit={answer.unit} />
}

function NumberBody({ tile, now }: Props) {
  const { answer } = tile
  const [reason] = answer.reasons
  const missing = isWithheld(answer) || isEmpty(answer)
  return (
    <>
      <Value answer={answer} now={now} />
      {missing ? reason && <Guidance reason={reason} /> : <Comparison answer={answer} />}
      {isWithheld(answer) && <TrustLink kpi={answer.kpi}>See the problem and all that it blocks</TrustLink>}
      {!missing && <Target answer={answer} />}
      <Breaches breaches={answer.breaches} />
      {!missing && reason && <p className="because">{reason.sentence}</p>}
      {!missing && tile.undrawn && <p className="because">{tile.undrawn}</p>}
      <Picture tile={tile} />
    </>
  )
}

function CohortBody({ answer }: { answer: TileFacts['answer'] }) {
  const [reason] = answer.reasons
  return (
    <>
      {isWithheld(answer) && reason && <Guidance reason={reason} />}
      {isWithheld(answer) && <TrustLink kpi={answer.kpi}>See the problem and all that it blocks</TrustLink>}
      {answer.cohorts && <CohortTable answer={answer} table={answer.cohorts} />}
    </>
  )
}

function Body({ tile, now }: Props) {
  const { answer } = tile
  if (answer.cohorts) return <CohortBody answer={answer} />
  return answer.rows ? <ListBody tile={tile} rows={answer.rows} /> : <NumberBody tile={tile} now={now} />
}

/** One number, always told in the same order; the whole tile opens its detail. */
export function Tile({ tile, now }: Props) {
  const { answer } = tile
  const worst = graveFirst(answer.breaches)[0]
  return (
    <article className="tile" data-kpi={answer.kpi} data-severity={worst?.severity} data-withheld={isWithheld(answer) || undefined} data-cohorts={answer.cohorts ? true : undefined} data-shape={tile.shape ?? undefined}>
      <TileHead tile={tile} now={now} />
      <Body tile={tile} now={now} />
      <Foot answer={answer} now={now} />
    </article>
  )
}
