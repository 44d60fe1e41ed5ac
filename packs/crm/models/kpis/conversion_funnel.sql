-- How many of a month's leads came how far by now. A lead counts in every stage that it reached, also if it was lost later.
{%- set stages = ['lead', 'sql', 'opportunity', 'won'] %}
with cohorts as (
  select
    facility_id,
    rep_id,
    cohort_month as month,
    count(*) as reached_lead,
    count(*) filter (where is_qualified) as reached_sql,
    count(*) filter (where is_opportunity) as reached_opportunity,
    count(*) filter (where is_won) as reached_won,
    cast(sum(value) as bigint) as value_lead,
    cast(coalesce(sum(value) filter (where is_qualified), 0) as bigint) as value_sql,
    cast(coalesce(sum(value) filter (where is_opportunity), 0) as bigint) as value_opportunity,
    cast(coalesce(sum(value) filter (where is_won), 0) as bigint) as value_won,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_leads') }}
  group by facility_id, rep_id, cohort_month
)
{% for stage in stages %}
{%- set next = 'reached_' ~ stages[loop.index] if not loop.last else 'cast(null as bigint)' %}
select
  facility_id,
  rep_id,
  month,
  '{{ stage }}' as funnel_stage,
  {{ loop.index }} as stage_order,
  reached_{{ stage }} as reached,
  value_{{ stage }} as value,
  {{ next }} as reached_next,
  {{ crm.percent(next, 'reached_' ~ stage) }} as conversion_to_next_pct,
  reached_lead as leads,
  {{ crm.percent('reached_' ~ stage, 'reached_lead') }} as conversion_from_first_pct,
  updated_at
from cohorts
{{ "union all" if not loop.last }}
{%- endfor %}
