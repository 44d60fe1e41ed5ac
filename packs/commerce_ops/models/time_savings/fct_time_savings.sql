select
  entry_id,
  {{ base.shop_day('saved_at') }} as saved_on,
  saved_at,
  category,
  minutes,
  {{ base.minor_units(base.quoted(var('ceo_hourly_rate')), base.shop_currency(base.shop_day('saved_at'))) }} as hourly_rate
from {{ ref('stg_time_savings') }}
