-- A ticket that was opened again has no end, though its record may keep the instant of the first one.
select
  ticket_id,
  facility_id,
  rep_id,
  channel,
  priority,
  status,
  {{ crm.day_of('opened_at') }} as opened_on,
  {{ crm.month_of(crm.day_of('opened_at')) }} as cohort_month,
  opened_at,
  first_response_at,
  case when status in ('resolved', 'closed') then resolved_at end as resolved_at,
  updated_at
from {{ ref('judged_tickets') }}
where fault is null
