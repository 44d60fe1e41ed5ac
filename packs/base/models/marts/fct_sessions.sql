select
  visit_key,
  any_value(session_key) as session_id,
  {{ base.shop_day('min(occurred_at)') }} as began_on,
  min(occurred_at) as began_at,
  max(occurred_at) as ended_at,
  arg_min(visitor_id, (occurred_at, event_id)) as visitor_id,
  -- what led here stands in the first event that says so
  coalesce(arg_min(traffic_source, (occurred_at, event_id)) filter (where traffic_source <> 'direct'), 'direct') as traffic_source,
  arg_min(utm_source, (occurred_at, event_id)) filter (where utm_source is not null) as utm_source,
  coalesce(arg_min(campaign, (occurred_at, event_id)) filter (where campaign <> ''), '') as campaign,
  count(*) filter (where name = 'page_view') as page_views,
  coalesce(bool_or(name = 'add_to_cart'), false) as has_cart,
  coalesce(bool_or(name = 'begin_checkout'), false) as has_checkout,
  coalesce(bool_or(name = 'purchase'), false) as has_order
from {{ ref('int_visit_events') }}
group by visit_key
