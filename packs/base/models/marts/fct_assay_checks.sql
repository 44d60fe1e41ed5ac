-- One row for each stretch of time in which a check had one result: it ends where the next one begins.
with records as (
  {{ base.latest_records('assay_checks', ['check_name', 'models', 'status', 'blocking', 'failures', 'since']) }}
),

results as (
  select *, {{ base.instant('since') }} as began_at from records
)

select
  key as result_id,
  {{ base.shop_day('began_at') }} as began_on,
  began_at,
  lead(began_at) over (partition by check_name order by began_at, key) as replaced_at,
  check_name,
  models,
  status,
  {{ base.truth('blocking') }} as blocking,
  {{ base.whole_number('failures') }} as failures
from results
