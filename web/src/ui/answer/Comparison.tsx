import type { Answer, ComparisonFacts } from '../../api/types'
import { change, percentChange } from '../numbers'
import { againstWords } from '../periods'
import { afterColon } from '../words'
import { Shape, type ShapeName } from '../Shape'

function shape(amount: string, same: boolean): ShapeName {
  if (same) return 'same'
  return amount.startsWith('-') ? 'down' : 'up'
}

/** Of a percentage the change is told in points, of all else in per cent, and as an amount where there is no percentage. */
function told(comparison: ComparisonFacts, { unit }: Answer): { text: string; amount: string; decimals: number } | null {
  const { change: amount, change_pct: relative } = comparison
  if (unit.kind !== 'percent' && relative !== null) return { text: percentChange(relative), amount: relative, decimals: 1 }
  return amount === null ? null : { text: change(amount, unit), amount, decimals: unit.kind === 'percent' ? 1 : unit.decimals }
}

/** One comparison, as a sentence; or why there is none. */
export function Comparison({ answer }: { answer: Answer }) {
  const { comparison } = answer
  if (!comparison) return null
  const said = told(comparison, answer)
  if (!said) return <p className="comparison">Not compared: {afterColon(comparison.reason?.sentence ?? 'there is no earlier value.')}</p>
  // What is told as no change at all is neither better nor worse.
  const same = Number(Number(said.amount).toFixed(said.decimals)) === 0
  const better = same ? null : comparison.better
  const verdict = better === null ? '' : better ? 'better' : 'worse'
  // A rise that is good speaks for itself; a fall that is good, and all that is bad, is said.
  const silent = better === true && answer.direction === 'up'
  return (
    <p className="comparison">
      <Shape name={shape(said.amount, same)} tone={better === null ? 'muted' : better ? 'good' : 'attention'} />
      <span>
        <strong>{said.text}</strong> on {againstWords(comparison, answer.period)}
        {comparison.until && `, both until ${comparison.until}`}
        {verdict && <span className={silent ? 'unseen' : undefined}>, {verdict}</span>}
      </span>
    </p>
  )
}
