import { useState, type KeyboardEvent, type PointerEvent } from 'react'

const MOVES: Record<string, (at: number, last: number) => number> = {
  ArrowRight: (at, last) => Math.min(last, at + 1),
  ArrowLeft: (at) => Math.max(0, at - 1),
  ArrowUp: (at, last) => Math.min(last, at + 1),
  ArrowDown: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
}

export interface Walk {
  /** The place that is shown; null: none. */
  at: number | null
  /** For the element that takes the pointer and the keys: a slider over the places. */
  props: Record<string, unknown>
}

/** Walks through the places of a chart, by pointer or by keys. `near` finds the place at a spot given in per cent. */
export function useWalk(count: number, near: (x: number, y: number) => number, said: (at: number) => string, label: string): Walk {
  const [at, setAt] = useState<number | null>(null)
  const shown = at === null ? null : Math.min(at, count - 1)
  const resting = shown ?? count - 1
  return {
    at: shown,
    props: {
      role: 'slider',
      tabIndex: 0,
      'aria-label': label,
      'aria-valuemin': 1,
      'aria-valuemax': count,
      'aria-valuenow': resting + 1,
      'aria-valuetext': said(resting),
      onFocus: () => {
        setAt(resting)
      },
      onBlur: () => {
        setAt(null)
      },
      onPointerLeave: () => {
        setAt(null)
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const box = event.currentTarget.getBoundingClientRect()
        setAt(near((100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height))
      },
      onKeyDown: (event: KeyboardEvent) => {
        const move = MOVES[event.key]
        if (!move) return
        event.preventDefault()
        setAt(move(resting, count - 1))
      },
    },
  }
}
