-- Outreach of a facility by the month in which it was sent.
select
  facility_id,
  cohort_month as month,
  count(*) as sent,
  count(*) filter (where is_responded) as responded,
  count(*) filter (where is_converted) as converted,
  {{ crm.percent('count(*) filter (where is_responded)', 'count(*)') }} as response_rate_pct,
  {{ crm.percent('count(*) filter (where is_converted)', 'count(*)') }} as conversion_rate_pct,
  max(updated_at) as updated_at
from {{ ref('fct_crm_outreach') }}
group by facility_id, cohort_month
