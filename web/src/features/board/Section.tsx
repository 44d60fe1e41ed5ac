import type { SectionFacts } from '../../api/types'
import { canSwipe, columns, tileKey } from './order'
import { Funnel } from './Funnel'
import { JoinedTable } from './JoinedTable'
import { ScatterPlot } from './ScatterPlot'
import { Tile } from './Tile'

function Tiles({ section: { tiles }, now }: { section: SectionFacts; now: number }) {
  return (
    <div className="tiles" data-columns={columns(tiles)} data-swipe={canSwipe(tiles) || undefined}>
      {tiles.map((tile) => (
        <Tile key={tileKey(tile)} tile={tile} now={now} />
      ))}
    </div>
  )
}

/** Tiles that belong together, under their heading: each by itself, or as one table or picture. */
export function Section({ section, now }: { section: SectionFacts; now: number }) {
  return (
    <section className="section">
      <h2>{section.label}</h2>
      {section.funnel && <Funnel label={section.label} steps={section.funnel} />}
      {section.shape === 'table' && <JoinedTable section={section} now={now} />}
      {section.shape === 'scatter' && <ScatterPlot section={section} now={now} />}
      {section.shape !== 'table' && section.shape !== 'scatter' && <Tiles section={section} now={now} />}
    </section>
  )
}
