-- The rows of `all` count what the facilities and priorities count.
select month, 'tickets by facility' as what
from {{ ref('ticket_sla_compliance') }}
where priority = 'all'
group by month
having sum(case when facility_id = 'all' then tickets else -tickets end) <> 0 or sum(case when facility_id = 'all' then met else -met end) <> 0
union all
select month, 'tickets by priority'
from {{ ref('ticket_sla_compliance') }}
group by month, facility_id
having sum(case when priority = 'all' then tickets else -tickets end) <> 0 or sum(case when priority = 'all' then due else -due end) <> 0
union all
select month, survey_type
from {{ ref('satisfaction_rollups') }}
group by month, survey_type
having sum(case when facility_id = 'all' then score_sum else -score_sum end) <> 0
