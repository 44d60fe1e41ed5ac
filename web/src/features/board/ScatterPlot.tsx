import type { SectionFacts } from '../../api/types'
import { Scatter } from '../../charts/Scatter'
import { periodWords } from '../../ui/periods'
import { JoinedFoot } from './JoinedFoot'

/** Two lists as one picture. */
export function ScatterPlot({ section, now }: { section: SectionFacts; now: number }) {
  const [across, up] = section.tiles
  if (!across || !up) return null
  return (
    <div className="joined">
      <p className="tile-period">{periodWords(across.answer.period, now)}</p>
      <Scatter label={section.label} across={across} up={up} />
      <JoinedFoot tiles={section.tiles} now={now} />
    </div>
  )
}
