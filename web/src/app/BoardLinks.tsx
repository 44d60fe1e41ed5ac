import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { BoardEntry } from '../api/boards'
import { useMedia } from '../ui/media'
import { follow } from '../ui/route'
import { boardPath } from './paths'

const go = follow('push')

/** How many of the list's items stand in its first line: the rest wrap into lines that the style cuts off. */
function useFirstLine(boards: BoardEntry[], current: string | null) {
  const list = useRef<HTMLUListElement>(null)
  const [count, setCount] = useState(boards.length)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const measure = () => {
      const items = Array.from(element.children, (item) => (item as HTMLElement).offsetTop)
      setCount(items.filter((top) => top === items[0]).length)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [boards, current])
  return { list, count }
}

/** The boards that have no room in the line; under the name of the current one when it is among them. */
function BoardMenu({ boards, current, name }: { boards: BoardEntry[]; current: string | null; name: string }) {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const away = (event: Event) => {
      if (menu.current && !menu.current.contains(event.target as Node)) menu.current.open = false
    }
    document.addEventListener('pointerdown', away)
    document.addEventListener('focusin', away)
    return () => {
      document.removeEventListener('pointerdown', away)
      document.removeEventListener('focusin', away)
    }
  }, [])
  const close = () => {
    if (!menu.current) return
    menu.current.open = false
    menu.current.querySelector('summary')?.focus()
  }
  const choose = (event: MouseEvent<HTMLAnchorElement>) => {
    go(event)
    if (event.defaultPrevented) close()
  }
  const escape = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && menu.current?.open) close()
  }
  const here = boards.find(({ board }) => board === current)
  return (
    <details className="board-menu" ref={menu} onKeyDown={escape}>
      <summary className={here && 'here'}>
        <span className="menu-name">{here?.label ?? name}</span>
        {here && <span className="unseen">, other boards</span>}
      </summary>
      <ul>
        {boards.map(({ board, label }) => (
          <li key={board}>
            <a href={boardPath(board)} onClick={choose} aria-current={board === current ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The boards in one line, and in a menu what it cannot hold; on a phone one menu of all where the line is too short. */
export function BoardLinks({ boards, current }: { boards: BoardEntry[]; current: string | null }) {
  const { list, count } = useFirstLine(boards, current)
  const phone = useMedia('(max-width: 639px)')
  const shown = phone && count < boards.length ? 0 : count
  return (
    <div className="boards">
      <ul className="links" ref={list}>
        {boards.map(({ board, label }, place) => (
          <li key={board} className={place < shown ? undefined : 'past'}>
            <a href={boardPath(board)} onClick={go} aria-current={board === current ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
      {shown < boards.length && <BoardMenu boards={boards.slice(shown)} current={current} name={phone ? 'Boards' : 'More'} />}
    </div>
  )
}
