import { useState, type SyntheticEvent } from 'react'
import { ApiError } from '../../api/fetch'
import { useChange, type Entry, type EntryField, type EntryKind } from '../../api/entries'
import { Message } from '../../ui/Message'
import { fieldLabel, isFigures, shown } from './reading'

function Input({ field, value, required, change }: { field: EntryField; value: string; required: boolean; change: (to: string) => void }) {
  const id = `field-${field.name}`
  if (field.values.length > 0) {
    return (
      <select id={id} value={value} required={required} onChange={(event) => { change(event.target.value); }}>
        <option value="">{required ? 'Choose …' : '–'}</option>
        {field.values.map((one) => (
          <option key={one} value={one}>
            {fieldLabel(one)}
          </option>
        ))}
      </select>
    )
  }
  return (
    <input
      id={id}
      type={field.type === 'instant' ? 'date' : 'text'}
      inputMode={isFigures(field) ? 'decimal' : undefined}
      placeholder={field.type === 'money' ? '0.00' : undefined}
      autoComplete="off"
      value={value}
      required={required}
      maxLength={2000}
      onChange={(event) => { change(event.target.value); }}
    />
  )
}

/** A form made of the kind's fields; what the server refuses stays in it, with the reason. */
export function EntryForm({ kind, entry, done }: { kind: EntryKind; entry: Entry | null; done: () => void }) {
  const start = Object.fromEntries(kind.fields.map((field) => [field.name, entry ? shown(entry, field, kind) : '']))
  const [values, setValues] = useState<Record<string, string>>(start)
  const change = useChange(kind.kind)
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    const said = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
    change.mutate(
      { what: 'record', id: entry?.id ?? null, values: said },
      {
        onSuccess: () => {
          setValues(start)
          if (entry) done()
        },
      },
    )
  }
  return (
    <form className="entry-form" onSubmit={submit}>
      {kind.fields.map((field) => (
        <p key={field.name}>
          <label htmlFor={`field-${field.name}`}>
            {fieldLabel(field.name)}
            {!field.required && <span className="if-you-like"> {field.name === kind.time ? 'today, if empty' : 'if you like'}</span>}
          </label>
          <Input
            field={field}
            value={values[field.name] ?? ''}
            required={field.required}
            change={(to) => { setValues((before) => ({ ...before, [field.name]: to })); }}
          />
          {field.description && <small>{field.description}</small>}
        </p>
      ))}
      <div className="entry-actions">
        <button type="submit" className="button primary" disabled={change.isPending}>
          {change.isPending ? 'Recording …' : entry ? 'Save the correction' : 'Record'}
        </button>
        {entry && (
          <button type="button" className="button" onClick={done}>
            Leave it as it is
          </button>
        )}
        <p className="what-it-says">With each entry you say that all earlier ones are recorded, too.</p>
      </div>
      <div role="status">
        {change.isSuccess && <Message tone="good" shape="check" title="Recorded. The numbers that rest on it follow in a moment." />}
      </div>
      {change.error && (
        <div role="alert">
          <Message tone="attention" shape="warning" title={change.error.message}>
            <p>{change.error instanceof ApiError ? change.error.remedy : 'Try again.'}</p>
          </Message>
        </div>
      )}
    </form>
  )
}
