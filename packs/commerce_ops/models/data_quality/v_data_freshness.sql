select
  stream as table_name,
  owner,
  status as freshness_status,
  complete_until,
  newest_load,
  expected_hours,
  in_time_until,
  began_at as in_time_since
from {{ ref('fct_assay_freshness') }}
where replaced_at is null and status <> 'removed'
