with records as (
  {{ base.latest_records('automation_runs', ['run_id', 'ran_at', 'action', 'operator_id', 'status', 'minutes_saved']) }}
)

select
  source,
  key as record_key,
  run_id,
  {{ base.instant('ran_at') }} as ran_at,
  action,
  operator_id,
  status,
  {{ base.whole_number('minutes_saved') }} as minutes_saved
from records
