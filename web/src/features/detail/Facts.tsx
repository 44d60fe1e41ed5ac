import { DataTable } from '../../ui/DataTable'
import { useMedia } from '../../ui/media'
import { read, words } from './reading'

/** Named facts, one a line; those that are not there are left out. */
export function Facts({ facts, zone }: { facts: Record<string, unknown>; zone: string }) {
  const shown = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return (
    <dl className="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{words(name)}</dt>
          <dd>{read(value, zone)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Records of one shape as a table whose columns are their fields; on a phone each as its facts; none, nothing. */
export function Records({ title, records, zone }: { title: string; records: Record<string, unknown>[]; zone: string }) {
  const phone = useMedia('(max-width: 639px)')
  if (records.length === 0) return null
  if (phone) {
    return (
      <section>
        <h3>{title}</h3>
        {records.map((record, index) => (
          <Facts key={index} facts={record} zone={zone} />
        ))}
      </section>
    )
  }
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const columns = fields.map((field) => ({ label: words(field), figures: records.every((record) => typeof record[field] === 'number') }))
  return (
    <section>
      <h3>{title}</h3>
      <DataTable caption={title} columns={columns} rows={records.map((record) => fields.map((field) => read(record[field], zone)))} />
    </section>
  )
}

/** Text that a machine reads; long lines wrap. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <pre className="code" aria-label={label}>
      <code>{text}</code>
    </pre>
  )
}
