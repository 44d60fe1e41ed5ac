import { useState } from 'react'
import type { LinkFacts, SectionFacts, Tile } from '../../api/types'
import { counted, number } from '../../ui/numbers'
import { periodWords } from '../../ui/periods'
import { Shape } from '../../ui/Shape'
import { afterColon } from '../../ui/words'
import { emptyBecause, joinedRows, linkTo, sorted, standing, type JoinedRow, type Sorting } from './joined'
import { JoinedFoot } from './JoinedFoot'

interface HeadProps {
  label: string
  note?: string | undefined
  column: number
  sorting: Sorting | null
  sort: (by: number) => void
}

function Head({ label, note, column, sorting, sort }: HeadProps) {
  const down = sorting?.by === column ? sorting.down : null
  return (
    <th scope="col" data-figures={column > 0} aria-sort={down === null ? undefined : down ? 'descending' : 'ascending'}>
      <button
        type="button"
        className="sort"
        onClick={() => {
          sort(column)
        }}
      >
        {label}
        <span className="sort-mark" data-here={down !== null || undefined}>
          <Shape name={down === false ? 'up' : 'down'} />
        </span>
      </button>
      {note && <span className="sort-note">{note}</span>}
    </th>
  )
}

function Links({ links, of }: { links: LinkFacts[]; of: string | null }) {
  return (
    <td className="row-links">
      {links.map((link) => {
        const to = linkTo(link, of)
        return (
          to !== null && (
            <a key={link.label} className="link" href={to} target="_blank" rel="noopener noreferrer" aria-label={`${link.label}: ${of ?? ''}`}>
              {link.label}
            </a>
          )
        )
      })}
    </td>
  )
}

function Line({ row, tiles, links }: { row: JoinedRow; tiles: Tile[]; links: LinkFacts[] }) {
  return (
    <tr>
      <th scope="row">{row.key ?? 'not stated'}</th>
      {tiles.map(({ answer }, place) => {
        const cell = row.cells[place]
        const why = cell ? cell.reasons[0]?.sentence : answer.reasons[0]?.sentence
        return (
          <td key={place} data-figures="true" title={cell?.value == null ? why : undefined}>
            {cell?.value == null ? '–' : number(cell.value, answer.unit)}
            {cell?.value == null && <span className="unseen">{why}</span>}
          </td>
        )
      })}
      {links.length > 0 && <Links links={links} of={row.key} />}
    </tr>
  )
}

/** Lists by one dimension as one table: a row for each key, a column for each list, in the order of any of them. */
export function JoinedTable({ section: { label, links, tiles }, now }: { section: SectionFacts; now: number }) {
  const [chosen, setChosen] = useState<Sorting | null>(null)
  const rows = joinedRows(tiles)
  const sorting = chosen ?? standing(rows)
  const [first] = tiles
  const periods = tiles.map(({ answer }) => periodWords(answer.period, now))
  const several = new Set(periods).size > 1
  const sort = (by: number) => {
    setChosen({ by, down: sorting?.by === by ? !sorting.down : by > 0 })
  }
  const head = { sorting, sort }
  const named = (first?.answer.by ?? 'key').replaceAll('_', ' ')
  const more = first?.answer.more_rows ?? 0
  return (
    <div className="joined">
      {!several && <p className="tile-period">{periods[0]}</p>}
      {rows.length > 0 && (
        <div className="joined-scroll" tabIndex={0} role="region" aria-label={label}>
          <table className="table joined-table">
            <caption className="unseen">{label}: the buttons in its head sort it</caption>
            <thead>
              <tr>
                <Head {...head} label={named.charAt(0).toUpperCase() + named.slice(1)} column={0} />
                {tiles.map((tile, place) => (
                  <Head key={place} {...head} label={tile.title} note={several ? periods[place] : undefined} column={place + 1} />
                ))}
                {links.length > 0 && <th scope="col">In the shop</th>}
              </tr>
            </thead>
            <tbody>
              {(chosen ? sorted(rows, chosen) : rows).map((row, place) => (
                <Line key={row.key ?? `none-${place}`} row={row} tiles={tiles} links={links} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length === 0 && first?.answer.value !== null && <p className="guidance-why">Nothing is on this list.</p>}
      {more > 0 && <p className="more">and {counted(more, 'more', 'more')}</p>}
      {emptyBecause(rows).map(({ sentence, keys }) => (
        <p key={sentence} className="because">
          – {keys.length === rows.length ? sentence : `${keys.join(', ')}: ${afterColon(sentence)}`}
        </p>
      ))}
      <JoinedFoot tiles={tiles} now={now} />
    </div>
  )
}
