select
  outreach_id,
  lead_id,
  facility_id,
  rep_id,
  channel,
  {{ crm.day_of('sent_at') }} as sent_on,
  {{ crm.month_of(crm.day_of('sent_at')) }} as cohort_month,
  sent_at,
  responded_at,
  converted_at,
  updated_at
from {{ ref('judged_outreach') }}
where fault is null
