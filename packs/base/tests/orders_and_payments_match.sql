-- One order without a payment, or a payment without an order, may be on its way. Where that holds for many of a day, of
-- which both came, a delivery lacks records, or a source's clock is wrong:
--   a paid order has a capture; a capture has an order; no capture comes an hour before its order
-- A time on the full hour may be a mere date, and is not held against its order.
with captures as (
  select order_id, paid_at, {{ base.shop_day('paid_at') }} as day
  from {{ ref('stg_payments') }}
  where kind = 'capture' and not is_test
),

orders as (
  select
    order_id,
    ordered_at,
    {{ base.shop_day('ordered_at') }} as day,
    financial_status in ('paid', 'partially_refunded', 'refunded') and not is_test and total_amount > 0 as is_paid
  from {{ ref('stg_orders') }}
),

problems as (
  select day, 'paid orders without a payment' as problem, order_id not in (select order_id from captures) as is_wrong
  from orders
  where is_paid and ordered_at < (select max(paid_at) from captures)
  union all
  select captures.day, 'payments without an order', orders.order_id is null
  from captures
  left join orders on orders.order_id = captures.order_id
  where captures.paid_at < (select max(ordered_at) from orders)
  union all
  select
    captures.day,
    'payments before their order',
    captures.paid_at < orders.ordered_at - interval 1 hour and date_trunc('hour', captures.paid_at) <> captures.paid_at
  from captures
  join orders on orders.order_id = captures.order_id
)

select day, problem, count(*) filter (where is_wrong) as wrong, count(*) as records
from problems
group by day, problem
having count(*) filter (where is_wrong) >= 5
  and count(*) filter (where is_wrong) > 0.2 * count(*)
  and count(*) filter (where is_wrong) < count(*)
