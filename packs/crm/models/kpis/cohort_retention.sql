-- The leads of a month, and where they stood at the end of each month since. A lead is retained until it is lost; one that was won
-- stays. Months are counted from the cohort's own, 0; the newest is the month in which it is asked (`crm_as_of`).
{%- set steps = {'qualified': 'qualified_at', 'opportunity': 'opportunity_at', 'won': 'won_at', 'lost': 'lost_at'} %}
{%- set months_between = "cast(12 * (extract(year from later) - extract(year from cohort_month)) + extract(month from later) - extract(month from cohort_month) as integer)" %}
with cohorts as (
  select facility_id, cohort_month, count(*) as leads, max(updated_at) as updated_at
  from {{ ref('fct_crm_leads') }}
  group by facility_id, cohort_month
),

-- the steps of a cohort by the month in which they were made: small, so that the months below cost nothing
steps as (
  {%- for step in steps %}
  select facility_id, cohort_month, '{{ step }}' as step, {{ months_between | replace('later', step ~ '_on') }} as months, count(*) as leads
  from {{ ref('fct_crm_leads') }}
  where {{ step }}_on is not null
  group by 1, 2, 3, 4
  {{ "union all" if not loop.last }}
  {%- endfor %}
),

numbers as (
  {%- for number in range(var('crm_cohort_months') + 1) %}
  select {{ number }} as months_since_cohort {{ "union all" if not loop.last }}
  {%- endfor %}
),

months as (
  select cohorts.*, months_since_cohort
  from cohorts
  join numbers on months_since_cohort <= {{ months_between | replace('later', crm.day_of(crm.as_of())) }}
),

counted as (
  select
    months.facility_id,
    months.cohort_month,
    months_since_cohort,
    months.leads
    {%- for step in steps %},
    cast(coalesce(sum(steps.leads) filter (where step = '{{ step }}'), 0) as bigint) as {{ step }}
    {%- endfor %},
    months.updated_at
  from months
  left join steps
    on steps.facility_id = months.facility_id and steps.cohort_month = months.cohort_month and steps.months <= months_since_cohort
  group by months.facility_id, months.cohort_month, months_since_cohort, months.leads, months.updated_at
)

select
  facility_id,
  cohort_month,
  months_since_cohort,
  leads,
  leads - lost as retained,
  qualified as reached_sql,
  opportunity as reached_opportunity,
  won as reached_won,
  {{ crm.percent('leads - lost', 'leads') }} as retention_rate_pct,
  {{ crm.percent('qualified', 'leads') }} as progression_rate_pct,
  {{ crm.percent('opportunity', 'leads') }} as opportunity_rate_pct,
  {{ crm.percent('won', 'leads') }} as won_rate_pct,
  updated_at
from counted
