-- An order is bought when money is first captured for it. Who is new follows from every purchase that is known: import all of them.
with orders as (
  select
    order_id,
    any_value(customer_id order by paid_at) as customer_id,
    min(paid_at) as bought_at
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided and customer_id is not null
  group by order_id
),

numbered as (
  select
    *,
    row_number() over history as number,
    lag(bought_at) over history as before_at
  from orders
  window history as (partition by customer_id order by bought_at, order_id)
)

select
  order_id,
  customer_id,
  {{ base.shop_day('bought_at') }} as bought_on,
  bought_at,
  number,
  number = 1 as is_first,
  {{ base.divide_exactly('(epoch_us(bought_at) - epoch_us(before_at))', '86400000000') }} as days_since_previous
from numbered
