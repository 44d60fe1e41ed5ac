select
  counts.sku,
  counts.counted_on,
  counts.counted_at,
  greatest(counts.sku_on_hand, 0) as units,
  greatest(counts.sku_on_hand, 0) * terms.unit_cost as value
from {{ ref('int_stock_counts') }} as counts
left join {{ ref('stg_product_terms') }} as terms
  on terms.sku = counts.sku and {{ base.is_shop_currency('terms.currency', 'counts.counted_on') }}
where counts.is_first_location
