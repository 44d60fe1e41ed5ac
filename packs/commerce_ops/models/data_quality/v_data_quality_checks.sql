select
  check_name,
  models,
  status,
  blocking,
  case when status = 'passed' then 0 else greatest(failures, 1) end as issue_count,
  began_at as since
from {{ ref('fct_assay_checks') }}
where replaced_at is null and status <> 'removed'
