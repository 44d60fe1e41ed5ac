select
  application_id,
  {{ crm.day_of('submitted_at') }} as submitted_on,
  {{ crm.day_of('reviewed_at') }} as reviewed_on,
  facility_id,
  rep_id,
  status,
  status = 'approved' as is_approved,
  submitted_at,
  reviewed_at,
  updated_at
from {{ ref('stg_applications') }}
