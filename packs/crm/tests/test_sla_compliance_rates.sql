select *
from {{ ref('ticket_sla_compliance') }}
where ticket_sla_compliance_pct not between 0 and 100
  or check_compliance_pct not between 0 and 100
  or priority_mean_compliance_pct not between 0 and 100
  or response_compliance_pct not between 0 and 100
  or resolution_compliance_pct not between 0 and 100
