/** The one door to the server: JSON in, or an error that says what came and what to do. */

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: string

  constructor(status: number, code: string, problem: string, remedy: string) {
    super(problem)
    this.status = status
    this.code = code
    this.remedy = remedy
  }
}

interface ErrorBody {
  error?: { code?: string; problem?: string; remedy?: string }
}

/** GET the path; a refusal, a broken answer and a missing network are all an `ApiError`. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { ...(signal && { signal }) })
}

/** Change something: the body, if there is one, is sent as JSON. */
export function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return ask<T>(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
}

async function ask<T>(path: string, how: RequestInit): Promise<T> {
  let response: Response
  try {
    const headers = { accept: 'application/json', ...(how.body && { 'content-type': 'application/json' }) }
    response = await fetch(path, { ...how, headers })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'unreachable', 'The server does not answer.', 'Check that `assay serve` is running, then try again.')
  }
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as T
  const { code, problem, remedy } = (body as ErrorBody | null)?.error ?? {}
  throw new ApiError(
    response.status,
    code ?? 'unreadable',
    problem ?? `The server answered with status ${response.status}.`,
    remedy ?? 'Try again; if it stays, look at the output of `assay serve`.',
  )
}
