-- Five scores of 0 to 100 and their weighted mean. A component without data is null and its weight is shared among the rest, which
-- `missing_components` says; with fewer than `crm_health_least_components` there is no score. Facility `all` is the whole company:
-- each of its components is worked out from all rows, not from the facilities' scores.
{%- set components = ['compliance', 'pipeline', 'conversion', 'sla', 'satisfaction'] %}
with compliance as (
  select
    coalesce(facility_id, 'all') as facility_id,
    reviewed_month as month,
    {{ crm.percent("count(*) filter (where status = 'approved')", 'count(*)') }} as score,
    max(updated_at) as updated_at
  from {{ ref('stg_applications') }}
  where reviewed_month is not null
  group by grouping sets ((facility_id, reviewed_month), (reviewed_month))
),

pipeline as (
  select
    coalesce(facility_id, 'all') as facility_id,
    cohort_month as month,
    {{ crm.percent('sum(weighted_base)', 'sum(amount)') }} as score,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_opportunities') }}
  group by grouping sets ((facility_id, cohort_month), (cohort_month))
),

conversion as (
  select
    coalesce(facility_id, 'all') as facility_id,
    cohort_month as month,
    {{ crm.percent('count(*) filter (where is_qualified)', 'count(*)') }} as score,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_leads') }}
  group by grouping sets ((facility_id, cohort_month), (cohort_month))
),

sla as (
  select facility_id, month, ticket_sla_compliance_pct as score, updated_at
  from {{ ref('ticket_sla_compliance') }}
  where priority = 'all'
),

satisfaction as (
  select facility_id, month, {{ crm.percent('score_sum - responses', '4 * responses') }} as score, updated_at
  from {{ ref('satisfaction_rollups') }}
  where survey_type = 'csat'
),

scores as (
  {%- for component in components %}
  select facility_id, month, '{{ component }}' as component, score, updated_at from {{ component }}
  {{ "union all" if not loop.last }}
  {%- endfor %}
),

gathered as (
  select
    facility_id,
    month
    {%- for component in components %},
    cast(max(score) filter (where component = '{{ component }}') as decimal(18, 6)) as {{ component }}_score
    {%- endfor %},
    count(score) as components,
    max(updated_at) as updated_at
  from scores
  where score is not null
  group by facility_id, month
),

weighed as (
  select
    *,
    cast(
      case when components >= {{ var('crm_health_least_components') | int }} then
        {{ crm.millionths(crm.divide_whole(crm.weighed_sum(components), crm.weights_sum(components))) }}
      end as decimal(18, 6)
    ) as overall_score
  from gathered
)

select
  facility_id,
  month,
  {%- for component in components %}
  {{ component }}_score,
  {%- endfor %}
  components,
  nullif(
    concat_ws(
      ', '
      {%- for component in components %},
      case when {{ component }}_score is null then '{{ component }}' end
      {%- endfor %}
    ),
    ''
  ) as missing_components,
  overall_score,
  case
    {%- for band, least in crm.health_bands() %}
    when overall_score >= {{ least }} then '{{ band }}'
    {%- endfor %}
  end as health_status,
  updated_at
from weighed
