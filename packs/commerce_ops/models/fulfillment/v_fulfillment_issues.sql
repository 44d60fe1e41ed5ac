-- A view is read when somebody looks, so that an order appears at the moment at which it becomes overdue.
with judged as (
  select
    *,
    open_until > now() as is_waiting
  from {{ ref('fulfillment_tracking') }}
  -- What went wrong with earlier orders is history, which fulfillment_tracking keeps: nobody acts on it, and the list would
  -- only grow. No earlier order is still waited for.
  where order_created_at > (
    select max(order_created_at) - interval '{{ 90 * 24 }} hours'
    from {{ ref('fulfillment_tracking') }}
  )
),

found as (
  select
    *,
    case
      when is_waiting and critical_at <= now() then 'critical'
      when is_waiting and issue_at <= now() then 'high'
      when is_shippable and late_at <= now() then 'medium'
      when is_shippable and replaced_at <= now() then 'low'
    end as issue_severity
  from judged
)

select
  order_id,
  customer_id,
  customer_segment,
  is_priority_customer,
  order_created_at,
  due_at,
  fulfilled_at,
  coalesce(is_waiting and overdue_at <= now(), false) as is_sla_breach,
  true as has_issue,
  issue_severity
from found
where issue_severity is not null
