import type { BoardAnswer } from '../../api/types'
import { ago, clockTime } from '../../ui/dates'
import { Shape } from '../../ui/Shape'
import { summarize } from './summary'

const SHAPES = { bad: 'alarm', attention: 'warning', good: 'check' } as const

/** The board's name, how it stands in one sentence, and when its numbers were published. */
export function BoardHead({ board, now }: { board: BoardAnswer; now: number }) {
  const { tone, sentence } = summarize(board)
  return (
    <header className="board-head">
      <div>
        <h1>{board.label}</h1>
        {board.description && <p className="description">{board.description}</p>}
      </div>
      {board.published_at && (
        <div className="board-state">
          <p className="summary" data-tone={tone}>
            <Shape name={SHAPES[tone]} tone={tone} />
            <strong>{sentence}</strong>
          </p>
          <p className="published">
            published <time dateTime={board.published_at}>{clockTime(board.published_at, board.timezone, now)}</time>,{' '}
            {ago(board.published_at, now)}
          </p>
        </div>
      )}
    </header>
  )
}
