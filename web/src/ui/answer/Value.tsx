import type { Answer } from '../../api/types'
import { periodDates, periodWords } from '../periods'
import { number, parts } from '../numbers'

/** The number, large; its unit small beside it. Withheld: a dash and the last good value, small, with its date. */
export function Value({ answer, now }: { answer: Answer; now: number }) {
  const estimated = answer.data_quality === 'estimated'
  if (answer.value === null) {
    return (
      <p className="value">
        <span className="dash" aria-hidden="true">
          –
        </span>
        <span className="unseen">No value.</span>
        {answer.last_good && (
          <span className="last-good">
            last good {number(answer.last_good.value, answer.unit)}, {answer.last_good.period.grain === 'month' ? periodWords(answer.last_good.period, now) : periodDates(answer.last_good.period, now)}
          </span>
        )}
      </p>
    )
  }
  return (
    <p className="value" data-provisional={answer.provisional || undefined}>
      {estimated && (
        <span className="unit">
          <span aria-hidden="true">≈ </span>
          <span className="unseen">about </span>
        </span>
      )}
      <span className="figure">
        {parts(answer.value, answer.unit).map(({ text, unit }, index) => (
          <span key={index} className={unit ? 'unit' : undefined}>
            {text}
          </span>
        ))}
      </span>
    </p>
  )
}
