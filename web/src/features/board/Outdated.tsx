import { Message } from '../../ui/Message'

/** The server stopped answering: the numbers below stay, and are told to be old. */
export function Outdated({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div role="status">
      <Message tone="attention" shape="warning" title="These numbers are no longer being updated.">
        <p>{error.message} The page keeps trying.</p>
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      </Message>
    </div>
  )
}
