select
  outreach_id,
  lead_id,
  sent_on,
  cohort_month,
  facility_id,
  rep_id,
  channel,
  responded_at is not null as is_responded,
  converted_at is not null as is_converted,
  sent_at,
  responded_at,
  converted_at,
  updated_at
from {{ ref('stg_outreach') }}
