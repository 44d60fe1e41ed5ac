import { Message } from './Message'
import { follow } from './route'

const home = follow('push')

/** An address that names nothing, and the way back. */
export function NotFound({ what }: { what: string }) {
  return (
    <Message tone="muted" shape="info" title="There is nothing at this address.">
      <p>{what}</p>
      <p>
        <a className="link" href="/" onClick={home}>
          Go to the first board
        </a>
      </p>
    </Message>
  )
}
