select
  event_id,
  {{ base.shop_day('occurred_at') }} as occurred_on,
  occurred_at,
  name,
  source || ':' || session_id as session_key,
  visitor_id,
  user_id,
  utm_source,
  utm_medium,
  coalesce(campaign, '') as campaign,
  {{ base.traffic_source('utm_source', 'utm_medium') }} as traffic_source,
  order_id,
  page,
  feature,
  status,
  status >= 400 as is_error
from {{ ref('stg_events') }}
