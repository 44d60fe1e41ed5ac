with records as (
  {{ base.latest_records('shops', ['shop_id', 'registered_at', 'activated_at']) }}
)

select
  source,
  key as record_key,
  shop_id,
  {{ base.instant('registered_at') }} as registered_at,
  {{ base.instant('activated_at') }} as activated_at,
  {{ base.unreadable_instants(['activated_at']) }} as has_unreadable_times
from records
