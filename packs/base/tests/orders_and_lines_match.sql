-- Lines explain about the same share of what orders cost, day by day: the rest is tax and shipping. A day of which they explain
-- far less than usual lacks lines. Days before the first line and after the last one are not judged, nor are shops whose lines
-- never explained the half.
with per_order as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_order_lines') }}
  group by order_id
),

orders as (
  select orders.ordered_at, {{ base.shop_day('orders.ordered_at') }} as day, orders.total_amount, per_order.amount
  from {{ ref('stg_orders') }} as orders
  left join per_order on per_order.order_id = orders.order_id
  where not orders.is_test and orders.total_amount > 0
),

known as (
  select min(ordered_at) as first_at, max(ordered_at) as last_at
  from orders
  where amount is not null
),

days as (
  select orders.day, sum(orders.total_amount) as owed, coalesce(sum(orders.amount), 0) as in_lines, count(*) as orders
  from orders
  join known on orders.ordered_at >= known.first_at and orders.ordered_at <= known.last_at
  group by orders.day
),

shares as (
  select *, in_lines / owed as share, median(in_lines / owed) over () as usual_share
  from days
)

select day, round(share, 3) as share, round(usual_share, 3) as usual_share, orders
from shares
where orders >= 10 and usual_share > 0.5 and share < 0.8 * usual_share
