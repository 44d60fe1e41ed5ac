-- A customer is a priority if the shop counts them to the professional shops, or if they spent much in the 90 days before the
-- order, in the currency of the order's day.
with spend as (
  select orders.order_id, sum(payments.amount) as amount
  from {{ ref('fct_fulfillment_issues') }} as orders
  join {{ ref('fct_payments') }} as payments
    on payments.customer_id = orders.customer_id
    and payments.paid_at < orders.created_at
    and payments.paid_at >= orders.created_at - interval '{{ 90 * 24 }} hours'
  where not payments.is_test and not payments.is_voided
    and {{ base.shop_currency('payments.paid_on') }} = {{ base.shop_currency('orders.created_on') }}
  group by orders.order_id
)

select
  orders.order_id,
  orders.customer_id,
  orders.created_on as order_created_on,
  orders.created_at as order_created_at,
  orders.is_shippable,
  orders.fulfilled_at,
  orders.days_to_fulfill,
  {{ elapsed('orders.created_at', 'orders.due_at', 'days') }} as sla_threshold_days,
  orders.due_at,
  orders.open_until,
  orders.overdue_at,
  orders.issue_at,
  orders.critical_at,
  orders.late_at,
  orders.replaced_at,
  customers.segment as customer_segment,
  cast(coalesce(spend.amount, 0) as bigint) as customer_spend_90d,
  coalesce(customers.segment = 'professional_shop', false)
    or coalesce(spend.amount, 0)
      >= {{ base.minor_units(base.quoted(var("priority_customer_spend")), base.shop_currency('orders.created_on')) }}
    as is_priority_customer
from {{ ref('fct_fulfillment_issues') }} as orders
left join {{ ref('stg_customers') }} as customers on customers.customer_id = orders.customer_id
left join spend on spend.order_id = orders.order_id
