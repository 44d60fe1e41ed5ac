-- A run counts as a success or a failure; one that is neither would change the rate. Minutes are asked of successes alone.
select source, record_key, run_id
from {{ ref('stg_automation_runs') }}
where ran_at is null
  or action is null
  or status is null or status not in ('succeeded', 'failed')
  or (status = 'succeeded' and minutes_saved is null)
  or minutes_saved < 0
