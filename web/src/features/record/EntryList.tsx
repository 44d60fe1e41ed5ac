import { useState } from 'react'
import { useChange, type Entry, type EntryKind } from '../../api/entries'
import { Failure } from '../../ui/Failure'
import { fieldLabel, figures, isFigures, shown } from './reading'

const AT_FIRST = 50

/** The entries in force, newest day first, each to be corrected or taken back. */
export function EntryList({ kind, entries, edit }: { kind: EntryKind; entries: Entry[]; edit: (entry: Entry) => void }) {
  const [asked, setAsked] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const change = useChange(kind.kind)
  if (entries.length === 0) return <p className="books">There is no entry yet. The first one says since when the books are kept.</p>
  const fields = kind.fields.filter((field) => entries.some((entry) => shown(entry, field, kind) !== ''))
  const listed = all ? entries : entries.slice(0, AT_FIRST)
  const remove = (id: string) => { change.mutate({ what: 'remove', id }, { onSettled: () => { setAsked(null); } }); }
  return (
    <>
      <p>
        <button type="button" className="button" disabled={change.isPending} onClick={() => { change.mutate({ what: 'complete' }); }}>
          Everything until now is recorded
        </button>
      </p>
      {change.error && <Failure error={change.error} retry={() => { change.reset(); }} />}
      <div className="wide">
        <table className="table entries">
          <thead>
            <tr>
              {fields.map((field) => (
                <th key={field.name} scope="col" data-figures={isFigures(field)}>
                  {fieldLabel(field.name)}
                </th>
              ))}
              <th scope="col">
                <span className="unseen">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map((entry) => (
              <tr key={entry.id}>
                {fields.map((field) => (
                  <td key={field.name} data-figures={isFigures(field)} data-label={fieldLabel(field.name)}>
                    {figures(shown(entry, field, kind), field) || '–'}
                  </td>
                ))}
                <td className="entry-change">
                  {asked === entry.id ? (
                    <>
                      <button type="button" className="button" disabled={change.isPending} onClick={() => { remove(entry.id); }}>
                        Remove it
                      </button>
                      <button type="button" className="button" onClick={() => { setAsked(null); }}>
                        Keep it
                      </button>
                    </>
                  ) : (
                    <>
                      <button type="button" className="button" onClick={() => { edit(entry); }}>
                        Correct
                      </button>
                      <button type="button" className="button" onClick={() => { setAsked(entry.id); }}>
                        Remove
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {listed.length < entries.length && (
        <button type="button" className="button" onClick={() => { setAll(true); }}>
          Show all {entries.length.toLocaleString()}
        </button>
      )}
    </>
  )
}
