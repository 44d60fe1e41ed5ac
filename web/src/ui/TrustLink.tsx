import type { ReactNode } from 'react'
import { follow } from './route'

const go = follow('push')

/** A link to the trust screen; with a KPI, to the problem that withholds it. */
export function TrustLink({ kpi, children }: { kpi?: string; children: ReactNode }) {
  const href = kpi === undefined ? '/trust' : `/trust?blocked=${encodeURIComponent(kpi)}`
  return (
    <a className="link trust-link" href={href} onClick={go}>
      {children}
    </a>
  )
}
