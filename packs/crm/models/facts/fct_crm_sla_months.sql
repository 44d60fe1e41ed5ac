-- The mean of the priorities' compliance by the first day of its month: a mean of rates, which cannot be worked out of other months'.
select
  facility_id,
  month,
  priority_mean_compliance_pct,
  updated_at
from {{ ref('ticket_sla_compliance') }}
where priority = 'all'
