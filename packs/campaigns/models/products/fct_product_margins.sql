-- What was sold and taken back, with its tier and what it cost. A product that came back is in stock again and costs nothing. The cost is
-- the catalogue's of today: where it changes, earlier days change with it.
select
  sales.entry_id,
  sales.entry,
  sales.order_id,
  sales.sku,
  sales.title,
  sales.category,
  coalesce(terms.tier, 'none') as tier,
  sales.counted_on,
  sales.counted_at,
  sales.units,
  sales.amount,
  sales.units * terms.unit_cost as cost,
  sales.amount - sales.units * terms.unit_cost as profit,
  sales.is_test,
  sales.is_voided
from {{ ref('fct_product_sales') }} as sales
left join {{ ref('stg_product_terms') }} as terms
  on terms.sku = sales.sku and {{ base.is_shop_currency('terms.currency', 'sales.counted_on') }}
