with records as (
  {{ base.latest_records('verifications', [
    'verification_id', 'order_id', 'customer_id', 'requested_at', 'completed_at', 'failed_at'
  ]) }}
)

select
  source,
  key as record_key,
  verification_id,
  nullif(trim(order_id), '') as order_id,
  nullif(trim(customer_id), '') as customer_id,
  {{ base.instant('requested_at') }} as requested_at,
  {{ base.instant('completed_at') }} as completed_at,
  {{ base.instant('failed_at') }} as failed_at,
  {{ base.unreadable_instants(['completed_at', 'failed_at']) }} as has_unreadable_times
from records
