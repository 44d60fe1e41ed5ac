import type { TargetFacts, UnitFacts } from '../../api/types'
import { amount, short } from '../numbers'

/** The named step that is reached, its range, and the next one. */
export function Tier({ target, unit }: { target: TargetFacts; unit: UnitFacts }) {
  const { tier, tier_from: from, next_tier: next, next_tier_from: threshold } = target
  if (!tier && !next) return null
  const range = from === null ? '' : threshold === null ? ` (${short(from, unit)} and more)` : ` (${short(from, unit)}–${short(threshold, unit)})`
  return (
    <p className="tier">
      {tier ? `Tier: ${tier}${range}` : 'No tier yet'}
      {next && threshold !== null && `, next: ${next} at ${amount(threshold, unit)}`}
    </p>
  )
}
