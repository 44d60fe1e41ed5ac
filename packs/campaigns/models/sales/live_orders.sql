-- A view is read when somebody looks; it asks only for the newest orders.
with items as (
  select order_id, sum(quantity) as items
  from {{ ref('stg_order_lines') }}
  group by order_id
),

refunded as (
  select order_id, sum(amount) as refunded_amount
  from {{ ref('stg_refunds') }}
  group by order_id
),

verifications as (
  select order_id, count(completed_at) < count(*) as is_pending
  from {{ ref('stg_verifications') }}
  group by order_id
)

select
  orders.order_id,
  orders.customer_id,
  orders.ordered_at as placed_at,
  cast(items.items as bigint) as items,
  orders.total_amount,
  orders.currency,
  case
    when refunded.refunded_amount > 0 or orders.financial_status in ('refunded', 'partially_refunded') then 'refunded'
    when orders.financial_status = 'voided' or orders.cancelled_at is not null then 'cancelled'
    when verifications.is_pending then 'pending_verification'
    when orders.financial_status = 'paid' then 'completed'
    else 'pending_payment'
  end as status,
  verifications.order_id is not null as needs_verification
from {{ ref('stg_orders') }} as orders
left join items on items.order_id = orders.order_id
left join refunded on refunded.order_id = orders.order_id
left join verifications on verifications.order_id = orders.order_id
where not orders.is_test
