/** The address is the page's only state: the path names a board, `?kpi=…&period=…` opens a detail. */
import { useSyncExternalStore, type MouseEvent } from 'react'

const MOVED = 'assay:moved'

function subscribe(changed: () => void) {
  addEventListener('popstate', changed)
  addEventListener(MOVED, changed)
  return () => {
    removeEventListener('popstate', changed)
    removeEventListener(MOVED, changed)
  }
}

/** The current address, followed as it changes. */
export function useAddress(): URL {
  return new URL(useSyncExternalStore(subscribe, () => location.href))
}

/** Go to another address of this page without loading it again. */
export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState({ inside: true }, '', to)
  else history.replaceState(history.state, '', to)
  dispatchEvent(new Event(MOVED))
}

/** Leave what the address opened: back to where it was opened from, or to `to` when it was linked directly. */
export function leave(to: string): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back()
  else navigate(to, 'replace')
}

/** For the `onClick` of a link: a plain click stays in the page; with a modifier it is the browser's. */
export function follow(how: 'push' | 'replace') {
  return (event: MouseEvent<HTMLAnchorElement>): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
    event.preventDefault()
    navigate(event.currentTarget.href, how)
  }
}
