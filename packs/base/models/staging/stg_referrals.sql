with records as (
  {{ base.latest_records('referrals', [
    'referral_id', 'referred_at', 'referrer_id', 'referred_id', 'converted_at', 'order_id'
  ]) }}
)

select
  source,
  key as record_key,
  referral_id,
  {{ base.instant('referred_at') }} as referred_at,
  nullif(trim(referrer_id), '') as referrer_id,
  nullif(trim(referred_id), '') as referred_id,
  {{ base.instant('converted_at') }} as converted_at,
  nullif(trim(order_id), '') as order_id,
  {{ base.unreadable_instants(['converted_at']) }} as has_unreadable_times
from records
