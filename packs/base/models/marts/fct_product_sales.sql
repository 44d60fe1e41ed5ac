with sales as (
  select
    'sale:' || line_id as entry_id,
    'sale' as entry,
    order_id,
    sku,
    title,
    sold_at as counted_at,
    sold_on as counted_on,
    quantity as units,
    amount,
    is_test,
    is_voided
  from {{ ref('int_sold_lines') }}
),

refunds as (
  select
    'refund:' || refund_lines.refund_line_id as entry_id,
    'refund' as entry,
    refund_lines.order_id,
    refund_lines.sku,
    order_lines.title,
    refund_lines.refunded_at as counted_at,
    {{ base.shop_day('refund_lines.refunded_at') }} as counted_on,
    -refund_lines.quantity as units,
    -refund_lines.amount as amount,
    orders.is_test,
    orders.financial_status = 'voided' as is_voided
  from {{ ref('stg_refund_lines') }} as refund_lines
  join {{ ref('stg_orders') }} as orders on orders.order_id = refund_lines.order_id
  left join {{ ref('stg_order_lines') }} as order_lines on order_lines.line_id = refund_lines.line_id
),

entries as (
  select * from sales
  union all
  select * from refunds
)

select
  entries.entry_id,
  entries.entry,
  entries.order_id,
  entries.sku,
  coalesce(products.title, entries.title) as title,
  products.category,
  entries.counted_on,
  entries.counted_at,
  entries.units,
  entries.amount,
  entries.is_test,
  entries.is_voided
from entries
left join {{ ref('stg_products') }} as products on products.sku = entries.sku
