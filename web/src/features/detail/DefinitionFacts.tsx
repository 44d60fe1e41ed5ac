import type { BenchmarkFacts, Definition } from '../../api/types'
import { fullDay } from '../../ui/dates'
import { follow } from '../../ui/route'
import { Code, Facts, Records } from './Facts'

// A related number takes the place of this one, so that closing always leads back to the board.
const swap = follow('replace')

function KpiLinks({ names }: { names: string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <a className="link" href={`?kpi=${encodeURIComponent(name)}`} onClick={swap}>
        {name}
      </a>
    </span>
  ))
}

function meaning(definition: Definition): Record<string, unknown> {
  const { kpi, owner, criticality, refresh, target, model, time, kind, dimensions, source } = definition
  return { name: kpi, kind, owner, criticality, refresh, target, model, time, broken_down_by: dimensions.join(', '), source }
}

const STANDING = { below: 'below it', within: 'within it', above: 'above it' } as const

/** What others reach, who says so and when, and how the number stands beside it. */
function Benchmarks({ benchmarks }: { benchmarks: BenchmarkFacts[] }) {
  return (
    <section>
      <h3>What others reach</h3>
      <ul className="benchmarks">
        {benchmarks.map((one) => (
          <li key={one.url + one.text}>
            <strong>{one.text}</strong>
            {one.over && ` a ${one.over}`}, {one.of}
            {one.standing ? `; this number is ${STANDING[one.standing]}` : one.over ? `; asked over a ${one.over}, this number can be set beside it` : ''}.{' '}
            <a className="link" href={one.url} rel="noreferrer noopener" target="_blank">
              {one.source}
            </a>
            , {fullDay(one.published)}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Definition, formula, plan, SQL, inputs, checks and receipt: how the number came about. */
export function DefinitionFacts({ definition, zone }: { definition: Definition; zone: string }) {
  const { depends_on: inputs, related, alerts } = definition
  return (
    <>
      <section>
        <h3>What it is</h3>
        {definition.definition && <p>{definition.definition}</p>}
        <Code text={definition.formula} label="Formula" />
        <Facts facts={meaning(definition)} zone={zone} />
        {inputs.length > 0 && (
          <p>
            Computed from <KpiLinks names={inputs} />
          </p>
        )}
        {related.length > 0 && (
          <p>
            Look at next: <KpiLinks names={related} />
          </p>
        )}
      </section>
      {definition.benchmarks.length > 0 && <Benchmarks benchmarks={definition.benchmarks} />}
      {alerts.length > 0 && (
        <section>
          <h3>Alerts</h3>
          <Code text={alerts.join('\n')} label="Alert conditions" />
        </section>
      )}
      <Records title="Inputs" records={definition.inputs} zone={zone} />
      <Records title="Checks" records={definition.checks} zone={zone} />
      {definition.plan.length > 0 && (
        <section>
          <h3>Plan</h3>
          <ol className="plan">
            {definition.plan.map((step, index) => (
              <li key={index}>{step}</li>
            ))}
          </ol>
        </section>
      )}
      {definition.sql.length > 0 && (
        <section>
          <h3>SQL</h3>
          {definition.sql.map((text, index) => (
            <Code key={index} text={text} label={`SQL statement ${index + 1}`} />
          ))}
        </section>
      )}
      {definition.receipt && (
        <section>
          <h3>Receipt</h3>
          <Facts facts={definition.receipt} zone={zone} />
        </section>
      )}
    </>
  )
}
