import type { SectionFacts } from '../../api/types'
import { columns, tileKey } from './order'
import { Tile } from './Tile'

/** Tiles that belong together, under their heading. */
export function Section({ section, now }: { section: SectionFacts; now: number }) {
  return (
    <section className="section">
      <h2>{section.label}</h2>
      <div className="tiles" data-columns={columns(section.tiles.length)}>
        {section.tiles.map((tile) => (
          <Tile key={tileKey(tile)} tile={tile} now={now} />
        ))}
      </div>
    </section>
  )
}
