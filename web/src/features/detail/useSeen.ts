import { useEffect, useRef, useState, type RefObject } from 'react'

/** Whether the element has come into view; once seen, it stays so. */
export function useSeen<T extends Element>(): [RefObject<T | null>, boolean] {
  const place = useRef<T>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const element = place.current
    if (!element || seen) return
    const watch = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true)
    })
    watch.observe(element)
    return () => {
      watch.disconnect()
    }
  }, [seen])
  return [place, seen]
}
