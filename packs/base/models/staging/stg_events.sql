with records as (
  {{ base.latest_records('events', [
    'event_id', 'occurred_at', 'name', 'session_id', 'visitor_id', 'user_id', 'utm_source', 'utm_medium', 'utm_campaign', 'order_id', 'page', 'feature', 'status'
  ]) }}
)

select
  source,
  key as record_key,
  event_id,
  {{ base.instant('occurred_at') }} as occurred_at,
  lower(trim(name)) as name,
  nullif(trim(session_id), '') as session_id,
  coalesce(nullif(trim(visitor_id), ''), nullif(trim(user_id), '')) as visitor_id,
  nullif(trim(user_id), '') as user_id,
  lower(nullif(trim(utm_source), '')) as utm_source,
  lower(nullif(trim(utm_medium), '')) as utm_medium,
  nullif(trim(utm_campaign), '') as campaign,
  nullif(trim(order_id), '') as order_id,
  nullif(trim(page), '') as page,
  nullif(trim(feature), '') as feature,
  {{ base.whole_number('status') }} as status,
  coalesce(trim(status), '') <> '' and ({{ base.whole_number('status') }}) is null as has_unreadable_status
from records
