import type { Answer } from '../../api/types'
import { Shape } from '../Shape'
import { afterColon } from '../words'
import { Pace } from './Pace'
import { Tier } from './Tier'

/** The target and whether it is met, or why it cannot be judged; the tier that is reached, and where the goal will land. */
export function Target({ answer: { target, unit } }: { answer: Answer }) {
  if (!target) return null
  const { status } = target
  return (
    <>
      <p className="target">
        {status === 'met' && <Shape name="check" tone="good" />}
        {status === 'missed' && <Shape name="cross" tone="attention" />}
        <span>
          Target {target.text}
          {status === 'met' && <>: met</>}
          {status === 'missed' && (
            <>
              : <strong>missed</strong>
            </>
          )}
          {status === null && target.reason && `. Not judged: ${afterColon(target.reason.sentence)}`}
        </span>
      </p>
      <Tier target={target} unit={unit} />
      <Pace target={target} unit={unit} />
    </>
  )
}
