import type { ListingAnswer, ListingRow } from '../../api/types'
import { clockTime } from '../../ui/dates'
import { number } from '../../ui/numbers'
import { Shape, type ShapeName } from '../../ui/Shape'

const SHAPES = { good: 'check', attention: 'warning', bad: 'cross', muted: 'info' } as const satisfies Record<string, ShapeName>

function said(row: ListingRow, name: string, kind: string, zone: string, now: number): string {
  const value = row.values[name]
  if (value === null || value === undefined) return '–'
  if (kind === 'money') return number(value, { kind: 'money', currency: row.currency, decimals: value.split('.')[1]?.length ?? 0 })
  if (kind === 'count') return number(value, { kind: 'count', currency: null, decimals: 0 })
  return kind === 'instant' ? clockTime(value, zone, now) : value.replaceAll('_', ' ')
}

/** The newest rows of something as they happened; a row that has a standing shows it by shape, word and colour. */
export function Listing({ listing, now }: { listing: ListingAnswer; now: number }) {
  const [reason] = listing.reasons
  const figures = (kind: string) => kind === 'money' || kind === 'count'
  return (
    <section className="section">
      <h2>{listing.label}</h2>
      {listing.description && <p className="description">{listing.description}</p>}
      {reason && <p className="because">{reason.sentence}</p>}
      {listing.rows.length > 0 && (
        <div className="listing">
          <table className="table">
            <caption className="unseen">{listing.label}</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="unseen">Standing</span>
                </th>
                {listing.columns.map(({ name, label, kind }) => (
                  <th key={name} scope="col" data-figures={figures(kind)}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {listing.rows.map((row, place) => (
                <tr key={place}>
                  <td>{row.tone && <Shape name={SHAPES[row.tone]} tone={row.tone} />}</td>
                  {listing.columns.map(({ name, kind }) => (
                    <td key={name} data-figures={figures(kind)}>
                      {said(row, name, kind, listing.timezone, now)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {listing.as_of && <p className="foot">Complete until {clockTime(listing.as_of, listing.timezone, now)}</p>}
    </section>
  )
}
