-- A SKU goes out of stock when all its locations together hold nothing after they held something. One that was never in stock does not.
with counts as (
  select sku, counted_on, counted_at, sku_on_hand, lag(sku_on_hand) over (partition by sku order by counted_on) as before
  from {{ ref('int_stock_counts') }}
  where is_first_location
)

select counts.sku, products.title, products.category, counts.counted_on, counts.counted_at
from counts
left join {{ ref('stg_products') }} as products on products.sku = counts.sku
where counts.sku_on_hand <= 0 and counts.before > 0
