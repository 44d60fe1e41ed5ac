select
  order_id,
  {{ base.shop_day('fulfilled_at') }} as shipped_on,
  fulfilled_at as shipped_at,
  created_at as ordered_at,
  {{ base.divide_exactly('(epoch_us(fulfilled_at) - epoch_us(created_at))', '3600000000') }} as hours_to_ship
from {{ ref('fct_order_fulfillment') }}
where is_shippable and fulfilled_at is not null
