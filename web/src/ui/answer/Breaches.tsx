import type { Breach } from '../../api/types'
import { Shape } from '../Shape'
import { breachTone, graveFirst } from './state'

const WORDS = { critical: 'Act now', high: 'Act soon', medium: 'Look at this', low: 'Note' } as const
const SHAPES = { critical: 'alarm', high: 'warning', medium: 'info', low: 'info' } as const

/** What the alert conditions say, the gravest first: a shape, a word and a sentence. */
export function Breaches({ breaches }: { breaches: Breach[] }) {
  if (breaches.length === 0) return null
  return (
    <ul className="breaches">
      {graveFirst(breaches).map(({ alert, severity, sentence }) => (
        <li key={alert} className="breach" data-tone={breachTone(severity)}>
          <Shape name={SHAPES[severity]} tone={breachTone(severity) === 'bad' ? 'bad' : 'attention'} />
          <span>
            <strong>{WORDS[severity]}:</strong> {sentence}
          </span>
        </li>
      ))}
    </ul>
  )
}
