with records as (
  {{ base.latest_records('assay_runs', ['run_id', 'kind', 'started_at', 'ended_at', 'success', 'due_by']) }}
),

runs as (
  select
    run_id,
    kind,
    {{ base.instant('started_at') }} as started_at,
    {{ base.instant('ended_at') }} as ended_at,
    {{ base.truth('success') }} as success,
    {{ base.instant('due_by') }} as due_by
  from records
)

select
  run_id,
  {{ base.shop_day('started_at') }} as started_on,
  started_at,
  ended_at,
  kind,
  success,
  due_by
from runs
