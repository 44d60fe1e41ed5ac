/** Small marks. Each state has a shape of its own, so that nothing is told by colour alone. */
const PATHS = {
  up: 'M6 2.5 10.5 9.5h-9z',
  down: 'M6 9.5 1.5 2.5h9z',
  same: 'M2 5.1h8v1.8H2z',
  check: 'M4.7 9.9 1.4 6.6l1.3-1.3 2 2 4.6-4.7 1.3 1.3z',
  cross: 'M2.9 1.7 6 4.8l3.1-3.1 1.2 1.2L7.2 6l3.1 3.1-1.2 1.2L6 7.2l-3.1 3.1-1.2-1.2L4.8 6 1.7 2.9z',
  alarm: 'M3.6.5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6zM5.2 2.6l.2 4h1.2l.2-4zM5.2 7.7v1.6h1.6V7.7z',
  warning: 'M6 .6 11.8 11H.2zM5.2 4.2l.2 3.4h1.2l.2-3.4zM5.2 8.4v1.4h1.6V8.4z',
  info: 'M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM5.2 5.2v4h1.6v-4zM5.2 2.7v1.6h1.6V2.7z',
  withheld: 'M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM3.6 5.2h4.8v1.6H3.6z',
  diamond: 'M6 1 11 6 6 11 1 6z',
  diamondOpen: 'M6 1 11 6 6 11 1 6zM6 3.1 3.1 6 6 8.9 8.9 6z',
  close: 'M2.2 1.2 6 5l3.8-3.8 1 1L7 6l3.8 3.8-1 1L6 7l-3.8 3.8-1-1L5 6 1.2 2.2z',
} as const

export type ShapeName = keyof typeof PATHS

export function Shape({ name, tone }: { name: ShapeName; tone?: 'good' | 'bad' | 'attention' | 'muted' }) {
  return (
    <svg className="shape" data-tone={tone} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fillRule="evenodd" />
    </svg>
  )
}
