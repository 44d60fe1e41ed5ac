-- A view is read when somebody looks, so that a conversation appears at the moment at which it becomes late.
select
  conversation_id,
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
  escalation_at,
  coalesce(is_sla_breach, due_at <= now()) as is_sla_breach
from {{ ref('cx_conversations') }}
where status in ('open', 'pending')
  and escalation_at <= now()
