select
  response_id,
  facility_id,
  rep_id,
  channel,
  survey_type,
  score,
  {{ crm.day_of('responded_at') }} as responded_on,
  {{ crm.month_of(crm.day_of('responded_at')) }} as cohort_month,
  responded_at,
  updated_at
from {{ ref('judged_satisfaction') }}
where fault is null
