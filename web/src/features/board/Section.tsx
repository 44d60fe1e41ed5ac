import type { SectionFacts } from '../../api/types'
import { columns, tileKey } from './order'
import { Funnel } from './Funnel'
import { Tile } from './Tile'

/** Tiles that belong together, under their heading. */
export function Section({ section, now }: { section: SectionFacts; now: number }) {
  return (
    <section className="section">
      <h2>{section.label}</h2>
      {section.funnel && <Funnel label={section.label} steps={section.funnel} />}
      <div className="tiles" data-columns={columns(section.tiles.length)}>
        {section.tiles.map((tile) => (
          <Tile key={tileKey(tile)} tile={tile} now={now} />
        ))}
      </div>
    </section>
  )
}
