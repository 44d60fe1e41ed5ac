import type { Answer } from '../../api/types'
import { Breaches } from '../../ui/answer/Breaches'
import { CohortTable } from '../../ui/answer/CohortTable'
import { Comparison } from '../../ui/answer/Comparison'
import { Foot } from '../../ui/answer/Foot'
import { Guidance } from '../../ui/answer/Guidance'
import { RowTable } from '../../ui/answer/RowTable'
import { Target } from '../../ui/answer/Target'
import { Value } from '../../ui/answer/Value'
import { count, counted } from '../../ui/numbers'

function basis(answer: Answer): string {
  const { coverage, n, nulls } = answer
  const days = `${count(coverage.covered)} of ${counted(coverage.days, 'day')} complete`
  const rows = n === null ? '' : ` · stands on ${counted(n, 'row')}`
  return days + rows + (nulls ? ` · ${counted(nulls, 'row')} left out because a value is missing` : '')
}

/** The answer itself: all that the tile says, and every reason rather than the first. */
export function AnswerFacts({ answer, now }: { answer: Answer; now: number }) {
  return (
    <section className="detail-answer" aria-label="The number">
      {answer.cohorts ? <CohortTable answer={answer} table={answer.cohorts} /> : !answer.rows && <Value answer={answer} now={now} />}
      <Comparison answer={answer} />
      <Target answer={answer} />
      <Breaches breaches={answer.breaches} />
      {answer.reasons.map((reason) => (
        <Guidance key={reason.code + (reason.input ?? '')} reason={reason} />
      ))}
      {answer.rows && answer.rows.length > 0 && <RowTable answer={answer} rows={answer.rows} />}
      {answer.more_rows > 0 && <p className="more">and {counted(answer.more_rows, 'more', 'more')}</p>}
      <p className="basis">{basis(answer)}</p>
      <Foot answer={answer} now={now} />
    </section>
  )
}
