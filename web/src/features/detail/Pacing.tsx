import type { Answer, PaceFacts, UnitFacts } from '../../api/types'
import { pacedWords, STANDS } from '../../ui/answer/pace'
import { counted, number, percentChange } from '../../ui/numbers'
import { Records } from './Facts'

const PERCENT: UnitFacts = { kind: 'percent', currency: null, decimals: 1 }

function row(pace: PaceFacts, unit: UnitFacts): Record<string, unknown> {
  const money = (value: string | null) => (value === null ? null : number(value, unit))
  return {
    period: pacedWords(pace.period),
    plan: money(pace.plan),
    so_far: money(pace.so_far),
    will_land_at: money(pace.projected),
    of_plan: pace.projected_pct_of_plan === null ? null : number(pace.projected_pct_of_plan, PERCENT),
    stands: pace.status && STANDS[pace.status],
    'back-test': pace.backtest_error_pct === null ? null : percentChange(pace.backtest_error_pct),
  }
}

function tested(error: string): string {
  const off = number(error.replace('-', ''), PERCENT)
  return `After as many days of the period before, the same was ${off} too ${error.startsWith('-') ? 'low' : 'high'}.`
}

function how(pace: PaceFacts): string {
  const error = pace.backtest_error_pct
  const said = [pace.method ?? `${counted(pace.days, 'complete day')}.`, error && tested(error), pace.reason?.sentence]
  return said.filter(Boolean).join(' ')
}

/** Every period of the goal: its plan, where it will land, how that was worked out, and how far the same was off a period ago. */
export function Pacing({ answer }: { answer: Answer }) {
  const paces = answer.target?.pacing ?? []
  if (paces.length === 0) return null
  return (
    <>
      <Records title="Pacing" records={paces.map((pace) => row(pace, answer.unit))} zone={answer.period.timezone} />
      <section className="pacing-how" aria-label="How the pace was worked out">
        {paces.map((pace) => (
          <p key={pace.period.name} className="basis">
            {pacedWords(pace.period)}: {how(pace)}
          </p>
        ))}
      </section>
    </>
  )
}
