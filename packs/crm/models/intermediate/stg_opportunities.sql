select
  opportunity_id,
  lead_id,
  facility_id,
  rep_id,
  channel,
  stage,
  amount,
  win_probability,
  {{ crm.day_of('opened_at') }} as opened_on,
  {{ crm.month_of(crm.day_of('opened_at')) }} as cohort_month,
  opened_at,
  closed_at,
  updated_at
from {{ ref('judged_opportunities') }}
where fault is null
