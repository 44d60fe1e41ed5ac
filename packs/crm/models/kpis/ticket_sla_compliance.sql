-- Tickets by the month in which they were opened, and how many of the promises that are due were kept. Open tickets are judged by the
-- clock (`crm_as_of`). Rows with facility or priority `all` are the totals: medians do not add up.
with tickets as (
  select
    *,
    -- a ticket is due once it kept or broke its promise, each part of the promise likewise
    is_sla_met is true or breached_at <= {{ crm.as_of() }} as is_due,
    is_response_met is true or response_breached_at <= {{ crm.as_of() }} as is_response_due,
    is_resolution_met is true or resolution_breached_at <= {{ crm.as_of() }} as is_resolution_due,
    greatest(updated_at, case when response_breached_at <= {{ crm.as_of() }} then response_breached_at end,
      case when resolution_breached_at <= {{ crm.as_of() }} then resolution_breached_at end) as moved_at
  from {{ ref('fct_crm_tickets') }}
),

counted as (
  select
    coalesce(facility_id, 'all') as facility_id,
    coalesce(priority, 'all') as priority,
    cohort_month as month,
    count(*) as tickets,
    count(*) filter (where is_open) as open_tickets,
    count(*) filter (where is_due) as due,
    count(*) filter (where is_due and is_sla_met is true) as met,
    count(*) filter (where is_due and is_sla_met is not true) as breached,
    count(*) filter (where is_response_due) as responses_due,
    count(*) filter (where is_response_met) as responses_met,
    count(*) filter (where is_resolution_due) as resolutions_due,
    count(*) filter (where is_resolution_met) as resolutions_met,
    {{ crm.median('first_response_hours') }} as median_first_response_hours,
    {{ crm.median('resolution_hours') }} as median_resolution_hours,
    max(moved_at) as updated_at
  from tickets
  group by cube (facility_id, priority), cohort_month
),

rated as (
  select
    *,
    {{ crm.percent('met', 'due') }} as ticket_sla_compliance_pct,
    {{ crm.percent('responses_met', 'responses_due') }} as response_compliance_pct,
    {{ crm.percent('resolutions_met', 'resolutions_due') }} as resolution_compliance_pct,
    {{ crm.percent('responses_met + resolutions_met', 'responses_due + resolutions_due') }} as check_compliance_pct
  from counted
),

priorities as (
  select facility_id, month, {{ crm.mean_percent('met', 'due') }} as priority_mean_compliance_pct
  from rated
  where priority <> 'all'
  group by facility_id, month
)

select
  rated.facility_id,
  rated.priority,
  rated.month,
  targets.first_response_hours as first_response_target_hours,
  targets.resolution_hours as resolution_target_hours,
  tickets,
  open_tickets,
  due,
  met,
  breached,
  responses_due,
  responses_met,
  resolutions_due,
  resolutions_met,
  ticket_sla_compliance_pct,
  cast(case when rated.priority = 'all' then priority_mean_compliance_pct end as decimal(18, 6)) as priority_mean_compliance_pct,
  check_compliance_pct,
  response_compliance_pct,
  resolution_compliance_pct,
  median_first_response_hours,
  median_resolution_hours,
  updated_at
from rated
join priorities on priorities.facility_id = rated.facility_id and priorities.month = rated.month
left join {{ ref('crm_sla_targets') }} as targets on targets.priority = rated.priority
