-- The leads of a month, and where they stood at the end of each month since. A lead is retained until it is lost; one that was won
-- stays. Months are counted from the cohort's own, 0; the newest is the month in which it is asked (`crm_as_of`).
{%- set steps = ['qualified', 'opportunity', 'won', 'lost'] %}
{%- set months_between = "cast(12 * (extract(year from later) - extract(year from cohort_month)) + extract(month from later) - extract(month from cohort_month) as integer)" %}
-- by the month in which each step was made: small, so that the months below cost nothing
with leads as (
  select
    facility_id,
    cohort_month,
    {%- for step in steps %}
    {{ months_between | replace('later', step ~ '_on') }} as {{ step }}_after,
    {%- endfor %}
    count(*) as leads,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_leads') }}
  group by 1, 2, 3, 4, 5, 6
),

numbers as (
  {%- for number in range(var('crm_cohort_months') + 1) %}
  select {{ number }} as months_since_cohort {{ "union all" if not loop.last }}
  {%- endfor %}
),

counted as (
  select
    facility_id,
    cohort_month,
    months_since_cohort,
    cast(sum(leads) as bigint) as leads
    {%- for step in steps %},
    cast(coalesce(sum(leads) filter (where {{ step }}_after <= months_since_cohort), 0) as bigint) as {{ step }}
    {%- endfor %},
    max(updated_at) as updated_at
  from leads
  join numbers on months_since_cohort <= {{ months_between | replace('later', crm.day_of(crm.as_of())) }}
  group by facility_id, cohort_month, months_since_cohort
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
