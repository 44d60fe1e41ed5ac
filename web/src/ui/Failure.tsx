import { ApiError } from '../api/fetch'
import { Message } from './Message'

const TITLES: Record<number, string> = {
  401: 'Please sign in to see this.',
  403: 'You are not allowed to see this.',
}

/** What went wrong, what to do, and a way to try again. */
export function Failure({ error, retry }: { error: Error; retry: () => void }) {
  const status = error instanceof ApiError ? error.status : 0
  const remedy = error instanceof ApiError ? error.remedy : 'Load the page again.'
  return (
    <div role="alert">
      <Message tone={TITLES[status] ? 'muted' : 'attention'} shape="warning" title={TITLES[status] ?? error.message}>
        <p>{remedy}</p>
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      </Message>
    </div>
  )
}
