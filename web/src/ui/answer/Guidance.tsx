import type { Reason } from '../../api/types'

/** Why there is no number, who owns that, and the step that repairs it. */
export function Guidance({ reason }: { reason: Reason }) {
  return (
    <div className="guidance">
      <p className="guidance-why">{reason.sentence}</p>
      {(reason.owner ?? reason.repair) && (
        <p className="guidance-how">
          {reason.owner && <>{reason.owner} {reason.repair ? 'repairs it with ' : 'can repair it.'}</>}
          {reason.repair && (
            <>
              {!reason.owner && 'Repair it with '}
              <code>{reason.repair}</code>
            </>
          )}
        </p>
      )}
    </div>
  )
}
