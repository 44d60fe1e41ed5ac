select
  run_id,
  {{ base.shop_day('ran_at') }} as ran_on,
  ran_at,
  action,
  operator_id,
  status,
  minutes_saved
from {{ ref('stg_automation_runs') }}
