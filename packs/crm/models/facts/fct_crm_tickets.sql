-- Whether an open ticket is late changes with the clock, so no column says it: `breached_at` is the instant at which the promise
-- was or will be broken, null once it was kept, and whoever asks compares it with the time of asking.
with targets as (
  select
    priority,
    cast(first_response_hours * 3600000000 as bigint) as response_microseconds,
    cast(resolution_hours * 3600000000 as bigint) as resolution_microseconds
  from {{ ref('crm_sla_targets') }}
),

promised as (
  select
    tickets.*,
    -- a ticket that is resolved without an answer was answered by that
    coalesce(first_response_at, resolved_at) as answered_at,
    {{ crm.sla_due_at('opened_at', 'response_microseconds') }} as response_due_at,
    {{ crm.sla_due_at('opened_at', 'resolution_microseconds') }} as resolution_due_at
  from {{ ref('stg_tickets') }} as tickets
  join targets on targets.priority = tickets.priority
),

breached as (
  select
    *,
    case when answered_at is null or answered_at > response_due_at then response_due_at end as response_breached_at,
    case when resolved_at is null or resolved_at > resolution_due_at then resolution_due_at end as resolution_breached_at
  from promised
)

select
  ticket_id,
  opened_on,
  {{ crm.day_of('resolved_at') }} as resolved_on,
  cohort_month,
  facility_id,
  rep_id,
  channel,
  priority,
  status,
  resolved_at is null as is_open,
  answered_at <= response_due_at as is_response_met,
  resolved_at <= resolution_due_at as is_resolution_met,
  case
    when answered_at > response_due_at or resolved_at > resolution_due_at then false
    when answered_at is not null and resolved_at is not null then true
  end as is_sla_met,
  {{ crm.sla_hours('opened_at', 'answered_at') }} as first_response_hours,
  {{ crm.sla_hours('opened_at', 'resolved_at') }} as resolution_hours,
  opened_at,
  answered_at as first_response_at,
  response_due_at,
  response_breached_at,
  resolved_at,
  resolution_due_at,
  resolution_breached_at,
  least(response_breached_at, resolution_breached_at) as breached_at,
  updated_at
from breached
