-- Whether an unanswered conversation is late changes with the clock, so no column says it: `due_at` and `escalation_at` are
-- instants, and whoever asks compares them with the time of asking.
with due as (
  select
    *,
    opened_at + interval '{{ var("cx_sla_minutes") | int }} minutes' as due_at,
    case when status in ('resolved', 'closed') then resolved_at end as ended_at
  from {{ ref('stg_conversations') }}
)

select
  conversation_id,
  {{ base.shop_day('opened_at') }} as opened_on,
  opened_at,
  customer_id,
  channel,
  status,
  is_escalated,
  is_urgent,
  sentiment,
  operator_id,
  first_response_at,
  due_at,
  first_response_at > due_at as is_sla_breach,
  case
    when is_escalated then opened_at
    when first_response_at is null or first_response_at > due_at then due_at
  end as escalation_at,
  ended_at,
  {{ base.shop_day('ended_at') }} as ended_on,
  {{ elapsed('opened_at', 'first_response_at', 'minutes') }} as first_response_time_minutes,
  {{ elapsed('opened_at', 'ended_at', 'hours') }} as resolution_time_hours
from due
