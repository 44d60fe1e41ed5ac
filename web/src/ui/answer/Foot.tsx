import type { Answer } from '../../api/types'
import { ago, clockTime } from '../dates'
import { Shape, type ShapeName } from '../Shape'
import { stateWords, type StateWord } from './state'

const SHAPES: Record<string, ShapeName> = { Withheld: 'withheld', Estimated: 'info', Stale: 'warning', 'Far too old': 'warning' }

function Word({ word: { text, tone } }: { word: StateWord }) {
  const shape = SHAPES[text]
  return (
    <span className="state" data-tone={tone}>
      {shape && <Shape name={shape} tone={tone} />}
      {text}
    </span>
  )
}

/** How fresh the data is, and the state of the number. */
export function Foot({ answer, now }: { answer: Answer; now: number }) {
  const { as_of: asOf, period } = answer
  return (
    <p className="foot">
      <span>
        {asOf ? (
          <>
            as of <time dateTime={asOf}>{clockTime(asOf, period.timezone, now)}</time>, {ago(asOf, now)}
          </>
        ) : (
          'nothing loaded yet'
        )}
      </span>
      <span className="states">
        {stateWords(answer, now).map((word) => (
          <Word key={word.text} word={word} />
        ))}
      </span>
    </p>
  )
}
