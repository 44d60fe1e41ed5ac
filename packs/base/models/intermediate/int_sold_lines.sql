-- A line is sold when money was first captured for its order, the day on which the order's revenue begins.
with first_captures as (
  select order_id, min(paid_at) as sold_at
  from {{ ref('stg_payments') }}
  where kind = 'capture'
  group by order_id
)

select
  lines.line_id,
  lines.order_id,
  lines.sku,
  lines.title,
  lines.quantity,
  case when {{ base.is_shop_currency('lines.currency', base.shop_day('first_captures.sold_at')) }} then lines.amount end as amount,
  lines.currency,
  first_captures.sold_at,
  {{ base.shop_day('first_captures.sold_at') }} as sold_on,
  orders.is_test,
  orders.financial_status = 'voided' as is_voided
from {{ ref('stg_order_lines') }} as lines
join first_captures on first_captures.order_id = lines.order_id
join {{ ref('stg_orders') }} as orders on orders.order_id = lines.order_id
