-- No more is given back than was captured. While a capture may still be on its way, the order's total stands for it.
with captured as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_payments') }}
  where kind = 'capture'
  group by order_id
),

refunded as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_refunds') }}
  group by order_id
),

settled as (
  select max(paid_at) - interval '{{ var("payment_grace_hours") | int }} hours' as until
  from {{ ref('stg_payments') }}
)

select orders.order_id, orders.total_amount, coalesce(captured.amount, 0) as captured, refunded.amount as refunded
from refunded
join {{ ref('stg_orders') }} as orders on orders.order_id = refunded.order_id
left join captured on captured.order_id = refunded.order_id
cross join settled
where not orders.is_test
  and {{ base.in_one_currency('orders.order_id', ['stg_orders', 'stg_payments', 'stg_refunds']) }}
  and refunded.amount > coalesce(captured.amount, 0)
  and (
    refunded.amount > greatest(coalesce(captured.amount, 0), orders.total_amount)
    or settled.until is null
    or orders.ordered_at < settled.until
  )
