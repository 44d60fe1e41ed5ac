with records as (
  {{ base.latest_records('users', [
    'user_id', 'signed_up_at', 'channel'
  ]) }}
)

select
  source,
  key as record_key,
  user_id,
  {{ base.instant('signed_up_at') }} as signed_up_at,
  channel
from records
