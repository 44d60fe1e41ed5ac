import { useState } from 'react'
import type { Blocked } from '../../api/types'
import { Mark } from '../../ui/answer/Mark'
import { counted } from '../../ui/numbers'
import { follow } from '../../ui/route'
import { address } from './reading'

const SHOWN = 12
const go = follow('push')

/** Numbers, critical ones first; each leads to its tile or its detail. */
function Numbers({ blocks }: { blocks: Blocked[] }) {
  return (
    <ul className="blocked-list">
      {blocks.map((one) => (
        <li key={one.kpi}>
          <a className="chip" href={address(one)} onClick={go}>
            {one.label}
            <Mark criticality={one.criticality} />
          </a>
        </li>
      ))}
    </ul>
  )
}

/** The numbers that people look at and that a problem withholds. */
export function BlockedNow({ blocks }: { blocks: Blocked[] }) {
  const [all, setAll] = useState(false)
  const hidden = all ? 0 : Math.max(0, blocks.length - SHOWN)
  if (blocks.length === 0) return null
  return (
    <>
      <h4>Blocks {counted(blocks.length, 'number')}</h4>
      <Numbers blocks={blocks.slice(0, blocks.length - hidden)} />
      {hidden > 0 && (
        <button
          type="button"
          className="button"
          onClick={() => {
            setAll(true)
          }}
        >
          Show {counted(hidden, 'more', 'more')}
        </button>
      )}
    </>
  )
}

/** The numbers of which a problem withholds periods that nobody looks at now. */
export function BlockedElsewhere({ blocks, also }: { blocks: Blocked[]; also: boolean }) {
  if (blocks.length === 0) return null
  return (
    <details className="elsewhere">
      <summary>
        {also ? 'Also withholds' : 'Withholds'} other periods of {counted(blocks.length, 'number')}
      </summary>
      <Numbers blocks={blocks} />
    </details>
  )
}
