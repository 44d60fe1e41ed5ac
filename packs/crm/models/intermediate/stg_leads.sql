select
  lead_id,
  facility_id,
  rep_id,
  channel,
  stage,
  value,
  {{ crm.day_of('created_at') }} as created_on,
  {{ crm.month_of(crm.day_of('created_at')) }} as cohort_month,
  created_at,
  qualified_at,
  opportunity_at,
  closed_at,
  updated_at
from {{ ref('judged_leads') }}
where fault is null
