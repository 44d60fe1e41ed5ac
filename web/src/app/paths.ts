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
