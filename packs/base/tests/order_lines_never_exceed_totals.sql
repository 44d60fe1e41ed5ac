-- The lines of an order are part of its total: what is left of it is tax and shipping. An order whose total was edited
-- down keeps lines of before until they are refunded, so its captures count as well.
with lines as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_order_lines') }}
  group by order_id
),

captured as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_payments') }}
  where kind = 'capture'
  group by order_id
)

select orders.order_id, orders.total_amount, captured.amount as captured, lines.amount as of_lines
from lines
join {{ ref('stg_orders') }} as orders on orders.order_id = lines.order_id
left join captured on captured.order_id = lines.order_id
where lines.amount > greatest(orders.total_amount, coalesce(captured.amount, 0))
  and {{ base.in_one_currency('orders.order_id', ['stg_order_lines', 'stg_orders', 'stg_payments']) }}
