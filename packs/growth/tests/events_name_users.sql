-- The numbers about users ask for this check: where no event says who was signed in, nobody knows how many users there were.
{{ config(severity='warn') }}
select 'events' as row_id, 'no event names a user (user_id), so it is not known how many were active' as reason
from (select count(*) as events, count(user_id) as named from {{ ref('fct_events') }}) as counted
where events > 0 and named = 0
