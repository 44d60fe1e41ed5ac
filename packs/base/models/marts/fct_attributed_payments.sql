-- The session in which an order was placed says where its money came from; an order that no visit placed came from elsewhere.
with visits as (
  select events.order_id, sessions.traffic_source, sessions.campaign
  from {{ ref('int_visit_events') }} as events
  join {{ ref('fct_sessions') }} as sessions on sessions.visit_key = events.visit_key
  where events.name = 'purchase' and events.order_id is not null
  qualify row_number() over (partition by events.order_id order by events.occurred_at, events.event_id) = 1
)

select
  payments.payment_id,
  payments.order_id,
  payments.customer_id,
  payments.paid_on,
  payments.paid_at,
  payments.amount,
  payments.is_test,
  payments.is_voided,
  coalesce(visits.traffic_source, 'unattributed') as traffic_source,
  coalesce(visits.campaign, '') as campaign
from {{ ref('fct_payments') }} as payments
left join visits on visits.order_id = payments.order_id
