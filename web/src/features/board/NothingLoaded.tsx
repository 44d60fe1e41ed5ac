import type { BoardAnswer } from '../../api/types'
import { Message } from '../../ui/Message'

/** Before the first load: what to do next, and what this board will then show. */
export function NothingLoaded({ board }: { board: BoardAnswer }) {
  const [notice] = board.notices
  const titles = board.sections.map(({ label, tiles }) => ({ label, text: tiles.map((tile) => tile.title).join(', ') }))
  return (
    <div className="nothing">
      <Message tone="muted" shape="info" title={notice?.sentence ?? 'Nothing has been loaded yet, so there are no numbers to show.'}>
        <p>
          What to do next: <code>{notice?.repair ?? 'assay import FILE --as orders'}</code>, then this page fills by itself.
        </p>
      </Message>
      <h2>What you will see here</h2>
      <dl className="facts">
        {titles.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
