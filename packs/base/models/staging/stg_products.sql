with records as (
  {{ base.latest_records('products', [
    'sku', 'title', 'category', 'price', 'currency'
  ]) }}
)

select
  source,
  key as record_key,
  sku,
  title,
  category,
  {{ base.shop_money('price', 'currency') }} as price_amount,
  currency
from records
