import type { Answer, ComparisonFacts } from '../../api/types'
import { change, percentChange } from '../numbers'
import { againstWords } from '../periods'
import { afterColon } from '../words'
import { Shape, type ShapeName } from '../Shape'

const ZERO = /^[-+]?0*\.?0*$/

function shape(amount: string): ShapeName {
  if (ZERO.test(amount)) return 'same'
  return amount.startsWith('-') ? 'down' : 'up'
}

/** Of a percentage the change is told in points, of all else in per cent, and as an amount where there is no percentage. */
function told(comparison: ComparisonFacts, answer: Answer): { text: string; amount: string } | null {
  const { change: amount, change_pct: relative } = comparison
  if (answer.unit.kind !== 'percent' && relative !== null) return { text: percentChange(relative), amount: relative }
  return amount === null ? null : { text: change(amount, answer.unit), amount }
}

/** One comparison, as a sentence; or why there is none. */
export function Comparison({ answer }: { answer: Answer }) {
  const { comparison } = answer
  if (!comparison) return null
  const said = told(comparison, answer)
  if (!said) return <p className="comparison">Not compared: {afterColon(comparison.reason?.sentence ?? 'there is no earlier value.')}</p>
  const { better } = comparison
  const verdict = better === null ? '' : better ? 'better' : 'worse'
  // A rise that is good speaks for itself; a fall that is good, and all that is bad, is said.
  const silent = better === true && answer.direction === 'up'
  return (
    <p className="comparison">
      <Shape name={shape(said.amount)} tone={better === null ? 'muted' : better ? 'good' : 'attention'} />
      <span>
        <strong>{said.text}</strong> on {againstWords(comparison, answer.period)}
        {comparison.until && `, both until ${comparison.until}`}
        {verdict && <span className={silent ? 'unseen' : undefined}>, {verdict}</span>}
      </span>
    </p>
  )
}
