-- What the opportunities opened in a month are worth: amount × win probability × stage weight, in each scenario that is switched on.
{%- for scenario in crm.scenarios() %}
select
  facility_id,
  rep_id,
  cohort_month as month,
  '{{ scenario }}' as scenario,
  count(*) as opportunities,
  cast(sum(amount) as bigint) as amount,
  cast(sum({{ crm.weighted_amount(scenario) }}) as bigint) as weighted_amount,
  max(updated_at) as updated_at
from {{ ref('fct_crm_opportunities') }}
group by facility_id, rep_id, cohort_month
{{ "union all" if not loop.last }}
{%- endfor %}
