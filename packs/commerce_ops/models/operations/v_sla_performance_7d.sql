-- A table cannot know what day it is asked on, so "the last 7 days" end with the newest day on which anything happened.
with newest as (
  select max(day) as day
  from (
    select max(detected_on) as day from {{ ref('operator_sla_resolution') }}
    union all
    select max(acted_on) from {{ ref('operator_actions') }}
  ) as days
),

detected as (
  select
    operator_id,
    count(*) as sla_breaches_detected,
    count(*) filter (where is_resolved) as sla_breaches_resolved,
    quantile_cont(response_time_minutes, 0.5) as median_response_time_minutes,
    quantile_cont(response_time_minutes, 0.9) as p90_response_time_minutes
  from {{ ref('operator_sla_resolution') }}
  cross join newest
  where detected_on between newest.day - 6 and newest.day
  group by operator_id
),

active as (
  select operator_id, count(distinct acted_on) as days_active
  from {{ ref('operator_actions') }}
  cross join newest
  where acted_on between newest.day - 6 and newest.day
  group by operator_id
)

select
  newest.day as until_day,
  coalesce(detected.operator_id, active.operator_id) as operator_id,
  coalesce(active.days_active, 0) as days_active,
  coalesce(detected.sla_breaches_detected, 0) as sla_breaches_detected,
  coalesce(detected.sla_breaches_resolved, 0) as sla_breaches_resolved,
  {{ base.divide_exactly('(100 * detected.sla_breaches_resolved)', 'detected.sla_breaches_detected') }} as resolution_rate_pct,
  detected.median_response_time_minutes,
  detected.p90_response_time_minutes
from detected
full join active on active.operator_id is not distinct from detected.operator_id
cross join newest
