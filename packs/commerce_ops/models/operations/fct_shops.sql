select
  shop_id,
  {{ base.shop_day('registered_at') }} as registered_on,
  registered_at,
  activated_at
from {{ ref('stg_shops') }}
