-- An order whose status says that money was given back has a refund. One may be on its way; where it holds for most of the orders
-- that changed on a day, the refunds of that day were not delivered. Orders that changed before the first refund are not judged,
-- nor those that changed after the last one, for 30 hours: nightly refunds come later than hourly orders.
with refunds as (
  select order_id, refunded_at
  from {{ ref('stg_refunds') }}
),

known as (
  select min(refunded_at) as first_at, max(refunded_at) as last_at, (select max(changed_at) from {{ ref('stg_orders') }}) as newest_at
  from refunds
),

refunded as (
  select
    {{ base.shop_day('orders.changed_at') }} as day,
    orders.order_id not in (select order_id from refunds where order_id is not null) as is_wrong
  from {{ ref('stg_orders') }} as orders
  join known on orders.changed_at >= known.first_at
  where (orders.changed_at < known.last_at or orders.changed_at < known.newest_at - interval 30 hours)
    and orders.financial_status in ('partially_refunded', 'refunded') and not orders.is_test
)

select day, count(*) filter (where is_wrong) as wrong, count(*) as records
from refunded
group by day
having count(*) filter (where is_wrong) > 0.5 * count(*)
