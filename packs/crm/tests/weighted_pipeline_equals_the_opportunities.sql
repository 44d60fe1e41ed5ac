-- Each scenario of the pipeline is the sum of its opportunities, whose worth the fact states for itself.
with rolled as (
  select scenario, sum(amount) as amount, sum(weighted_amount) as weighted, sum(opportunities) as opportunities
  from {{ ref('weighted_pipeline_scenarios') }}
  group by scenario
),

facts as (
  {%- for scenario in crm.scenarios() %}
  select '{{ scenario }}' as scenario, sum(amount) as amount, sum(weighted_{{ scenario }}) as weighted, count(*) as opportunities
  from {{ ref('fct_crm_opportunities') }}
  having count(*) > 0
  {{ "union all" if not loop.last }}
  {%- endfor %}
)

select facts.scenario
from facts
full join rolled on rolled.scenario = facts.scenario
where rolled.amount is distinct from facts.amount
  or rolled.weighted is distinct from facts.weighted
  or rolled.opportunities is distinct from facts.opportunities
