import type { Answer } from '../../api/types'
import { Shape } from '../Shape'

/** A small mark on the numbers that the business leans on most. */
export function Mark({ criticality }: { criticality: Answer['criticality'] }) {
  if (criticality !== 'critical' && criticality !== 'high') return null
  return (
    <span className="mark" title={`Criticality: ${criticality}`}>
      <Shape name={criticality === 'critical' ? 'diamond' : 'diamondOpen'} tone="muted" />
      <span className="unseen"> ({criticality} criticality)</span>
    </span>
  )
}
