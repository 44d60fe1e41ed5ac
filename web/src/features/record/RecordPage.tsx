import { useEffect, useState } from 'react'
import { useEntries, useEntryKinds, type Entry, type EntryKind } from '../../api/entries'
import { fullDay, fullInstant } from '../../ui/dates'
import { Failure } from '../../ui/Failure'
import { NotFound } from '../../ui/NotFound'
import { follow } from '../../ui/route'
import { EntryForm } from './EntryForm'
import { EntryList } from './EntryList'
import { recordPath } from './reading'
import './record.css'

const go = follow('push')

/** How far the books of a kind go, in one sentence. */
function Completeness({ kind }: { kind: EntryKind }) {
  if (!kind.complete_from || !kind.complete_until)
    return <p className="books">Nothing is recorded yet, so nothing that rests on it is shown.</p>
  const until = fullInstant(kind.complete_until, kind.timezone)
  return (
    <p className="books">
      Complete from <strong>{fullDay(kind.complete_from)}</strong> until <strong>{until}</strong>, as far as anybody said.
    </p>
  )
}

function Books({ kind }: { kind: EntryKind }) {
  const entries = useEntries(kind.kind)
  const [edited, setEdited] = useState<Entry | null>(null)
  return (
    <>
      <section className="section">
        <h2>{edited ? 'Correct an entry' : 'A new entry'}</h2>
        <EntryForm key={edited?.id ?? 'new'} kind={kind} entry={edited} done={() => { setEdited(null) }} />
      </section>
      <section className="section">
        <h2>What is recorded</h2>
        <Completeness kind={kind} />
        {entries.error && <Failure error={entries.error} retry={() => void entries.refetch()} />}
        {entries.data && <EntryList kind={kind} entries={entries.data} edit={setEdited} />}
      </section>
    </>
  )
}

/** What people record by hand: a form for each kind, and its entries. */
export function RecordPage({ name }: { name: string }) {
  const kinds = useEntryKinds()
  const kind = name ? kinds.data?.find((one) => one.kind === name) : kinds.data?.[0]
  useEffect(() => {
    document.title = kind ? `${kind.label} · Record` : 'Assay'
  }, [kind])
  if (!kinds.data) return kinds.error ? <Failure error={kinds.error} retry={() => void kinds.refetch()} /> : <p className="books">…</p>
  if (!kind) return <NotFound what={name ? `Nothing is recorded as “${name}”.` : 'This project records nothing by hand.'} />
  return (
    <>
      <header className="board-head">
        <div>
          <h1>{kind.label}</h1>
          <p className="description">{kind.description}</p>
        </div>
      </header>
      {kinds.data.length > 1 && (
        <nav aria-label="What to record">
          <ul className="kinds">
            {kinds.data.map((one) => (
              <li key={one.kind}>
                <a href={recordPath(one.kind)} onClick={go} aria-current={one.kind === kind.kind ? 'page' : undefined}>
                  {one.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <Books key={kind.kind} kind={kind} />
    </>
  )
}
