import './ui/tokens.css'
import './ui/base.css'
import './ui/parts.css'
import './ui/answer/answer.css'
import './charts/charts.css'
import './features/board/board.css'
import './ui/answer/cohorts.css'
import './features/detail/detail.css'
import './features/trust/trust.css'
import './app/app.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/fetch'
import { App } from './app/App'

const MAX_TRIES = 2

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only a server that does not answer may answer next time.
      retry: (tries, error) => tries < MAX_TRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      retryDelay: 400,
    },
  },
})

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
}
