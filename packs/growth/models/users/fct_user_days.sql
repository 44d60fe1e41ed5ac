select user_id, occurred_on as active_on, count(*) as events
from {{ ref('fct_events') }}
where user_id is not null
group by user_id, occurred_on
