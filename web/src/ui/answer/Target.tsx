import type { TargetFacts } from '../../api/types'
import { Shape } from '../Shape'
import { afterColon } from '../words'

/** The target and whether it is met; where it cannot be judged, why. */
export function Target({ target }: { target: TargetFacts | null }) {
  if (!target) return null
  const { status, tier } = target
  return (
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
        {tier && `, ${tier}`}
        {status === null && target.reason && `. Not judged: ${afterColon(target.reason.sentence)}`}
      </span>
    </p>
  )
}
