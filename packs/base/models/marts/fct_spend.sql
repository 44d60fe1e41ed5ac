select
  source,
  record_key,
  {{ base.shop_day('spend_at') }} as spent_on,
  spend_at as spent_at,
  platform,
  campaign,
  amount,
  impressions,
  clicks,
  conversions
from {{ ref('stg_spend') }}
