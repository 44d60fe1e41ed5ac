import type { FunnelStep } from '../../api/types'
import { count, plainPercent } from '../../ui/numbers'
import { Shape } from '../../ui/Shape'

/** How far a step's bar goes, in percent of the first one's. */
function reach(step: FunnelStep, place: number): number {
  if (step.value === null) return 0
  return place === 0 ? 100 : Math.min(100, Number(step.of_first_pct ?? 0))
}

function Step({ step, place }: { step: FunnelStep; place: number }) {
  return (
    <li className="funnel-step" data-bottleneck={step.bottleneck || undefined}>
      <p className="funnel-name">
        {step.title}
        {step.bottleneck && (
          <span className="funnel-bottleneck">
            <Shape name="warning" tone="bad" /> most are lost here
          </span>
        )}
      </p>
      <div className="funnel-bar" aria-hidden="true">
        <span style={{ width: `${reach(step, place).toFixed(3)}%` }} />
      </div>
      <p className="funnel-figures">
        <strong>{step.value === null ? '–' : count(Number(step.value))}</strong>
        {place > 0 && (
          <span>
            {step.of_previous_pct === null ? 'no share' : `${plainPercent(step.of_previous_pct)} of the step before`}
            {step.of_first_pct !== null && ` · ${plainPercent(step.of_first_pct)} of the first`}
            {step.lost_pct !== null && ` · drop-off ${plainPercent(step.lost_pct)}`}
          </span>
        )}
      </p>
    </li>
  )
}

/** The steps of a way, each as a bar beside the first; the one that loses most is marked. */
export function Funnel({ label, steps }: { label: string; steps: FunnelStep[] }) {
  return (
    <ol className="funnel" aria-label={label}>
      {steps.map((step, place) => (
        <Step key={step.kpi} step={step} place={place} />
      ))}
    </ol>
  )
}
