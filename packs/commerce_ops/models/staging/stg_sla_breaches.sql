with records as (
  {{ base.latest_records('sla_breaches', [
    'breach_id', 'detected_at', 'kind', 'operator_id', 'responded_at', 'resolved_at'
  ]) }}
)

select
  source,
  key as record_key,
  breach_id,
  {{ base.instant('detected_at') }} as detected_at,
  kind,
  operator_id,
  {{ base.instant('responded_at') }} as responded_at,
  {{ base.instant('resolved_at') }} as resolved_at,
  {{ base.unreadable_instants(['responded_at', 'resolved_at']) }} as has_unreadable_times
from records
