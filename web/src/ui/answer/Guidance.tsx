import type { Reason } from '../../api/types'
import { Repair } from '../Repair'

/** Why there is no number, who owns that, and the step that repairs it. */
export function Guidance({ reason }: { reason: Reason }) {
  const { owner, repair } = reason
  const said = repair && !repair.startsWith('assay ') // a sentence of its own, not a command
  return (
    <div className="guidance">
      <p className="guidance-why">{reason.sentence}</p>
      {(owner ?? repair) && (
        <p className="guidance-how">
          {owner && (said ? `${owner}: ` : `${owner} ${repair ? 'repairs it with ' : 'can repair it.'}`)}
          {!owner && !said && 'Repair it with '}
          {repair && <Repair text={repair} />}
        </p>
      )}
    </div>
  )
}
