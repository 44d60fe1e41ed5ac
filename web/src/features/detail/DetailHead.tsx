import type { Answer } from '../../api/types'
import { Mark } from '../../ui/answer/Mark'
import { periodDates, periodWords } from '../../ui/periods'
import { Shape } from '../../ui/Shape'

interface Props {
  title: string
  answer: Answer | undefined
  now: number
  close: () => void
}

function words(answer: Answer, now: number): string {
  const [name, dates] = [periodWords(answer.period, now), periodDates(answer.period, now)]
  return name === dates ? name : `${name} · ${dates}`
}

export function DetailHead({ title, answer, now, close }: Props) {
  return (
    <header className="detail-head">
      <div>
        <h2 id="detail-title">
          {title}
          {answer && <Mark criticality={answer.criticality} />}
        </h2>
        <p className="detail-period">{answer ? words(answer, now) : ' '}</p>
      </div>
      <button type="button" className="close" aria-label="Close" onClick={close}>
        <Shape name="close" />
      </button>
    </header>
  )
}
