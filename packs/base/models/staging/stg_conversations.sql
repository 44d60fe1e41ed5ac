with records as (
  {{ base.latest_records('conversations', [
    'conversation_id', 'opened_at', 'customer_id', 'channel', 'status', 'is_escalated', 'is_urgent', 'sentiment',
    'first_response_at', 'resolved_at', 'operator_id'
  ]) }}
)

select
  source,
  key as record_key,
  conversation_id,
  {{ base.instant('opened_at') }} as opened_at,
  customer_id,
  channel,
  status,
  {{ base.truth('is_escalated') }} as is_escalated,
  {{ base.truth('is_urgent') }} as is_urgent,
  sentiment,
  {{ base.instant('first_response_at') }} as first_response_at,
  {{ base.instant('resolved_at') }} as resolved_at,
  operator_id,
  {{ base.unreadable_instants(['first_response_at', 'resolved_at']) }} as has_unreadable_times
from records
