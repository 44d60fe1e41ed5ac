select
  revenue_id,
  {{ base.shop_day('revenue_at') }} as revenue_on,
  revenue_at,
  customer_id,
  subscription_id,
  revenue_type,
  tier,
  case when revenue_type = 'refund' then -amount else amount end as amount
from {{ ref('stg_revenue_tracking') }}
