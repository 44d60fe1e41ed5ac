import type { TargetFacts, UnitFacts } from '../../api/types'
import { shortDay } from '../dates'
import { short } from '../numbers'
import { Shape } from '../Shape'
import { SHAPES, STANDS, told } from './pace'

const TONES = { ahead: 'good', behind: 'attention', on_track: 'muted' } as const

/** Where the goal's period will land if it goes on like this; nothing where that cannot be told. */
export function Pace({ target, unit }: { target: TargetFacts; unit: UnitFacts }) {
  const pace = told(target)
  if (!pace?.status || pace.projected === null || pace.plan === null) return null
  const { status } = pace
  return (
    <p className="pace">
      <Shape name={SHAPES[status]} tone={TONES[status]} />
      <span>
        On pace for {short(pace.projected, unit)} of {short(pace.plan, unit)} by {shortDay(pace.period.end)},{' '}
        {status === 'behind' ? <strong>{STANDS[status]}</strong> : STANDS[status]}
      </span>
    </p>
  )
}
