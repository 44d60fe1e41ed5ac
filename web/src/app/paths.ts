/** Addresses of the page. */

export function boardPath(name: string): string {
  return `/boards/${encodeURIComponent(name)}`
}

/** The board that a path names, or null when it names none. */
export function boardName(path: string): string | null {
  const name = /^\/boards\/([^/]+)\/?$/.exec(path)?.[1]
  if (name === undefined) return null
  try {
    return decodeURIComponent(name)
  } catch {
    return null
  }
}

/** Whether a path is that of the trust screen. */
export function isTrust(path: string): boolean {
  return /^\/trust\/?$/.test(path)
}

/** The kind of entries that a path names: '' for the page without one, null where the path is another page's. */
export function recordKind(path: string): string | null {
  const found = /^\/record(?:\/([a-z][a-z0-9_]*))?\/?$/.exec(path)
  return found ? (found[1] ?? '') : null
}
