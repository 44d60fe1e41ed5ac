/** The server's time, carried on by the browser's own steady clock: a wrong clock on a phone changes no age. */
import { useEffect, useState } from 'react'

const TICK = 15_000

/** Milliseconds since the epoch: `serverNow` and what has passed since it arrived. */
export function useNow(serverNow: string | undefined): number {
  const [elapsed, setElapsed] = useState(0)
  useEffect(() => {
    const start = performance.now()
    const tick = () => {
      setElapsed(performance.now() - start)
    }
    tick()
    const timer = setInterval(tick, TICK)
    return () => {
      clearInterval(timer)
    }
  }, [serverNow])
  return Date.parse(serverNow ?? '1970-01-01T00:00:00Z') + elapsed
}
