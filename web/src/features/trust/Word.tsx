import { Shape } from '../../ui/Shape'
import type { Mark } from './reading'

/** A state in a word, with its mark. */
export function Word({ text, tone, shape }: Mark & { text: string }) {
  return (
    <span className="state" data-tone={tone}>
      <Shape name={shape} tone={tone} />
      {text}
    </span>
  )
}
