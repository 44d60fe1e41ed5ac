select
  response_id,
  responded_on,
  cohort_month,
  facility_id,
  rep_id,
  channel,
  survey_type,
  score,
  survey_type = 'nps' and score >= 9 as is_promoter,
  survey_type = 'nps' and score between 7 and 8 as is_passive,
  survey_type = 'nps' and score <= 6 as is_detractor,
  responded_at,
  updated_at
from {{ ref('stg_satisfaction') }}
