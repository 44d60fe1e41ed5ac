select
  application_id,
  facility_id,
  rep_id,
  status,
  {{ crm.month_of(crm.day_of('submitted_at')) }} as cohort_month,
  {{ crm.month_of(crm.day_of('reviewed_at')) }} as reviewed_month,
  submitted_at,
  reviewed_at,
  updated_at
from {{ ref('judged_applications') }}
where fault is null
