{{ config(severity='warn') }}
-- Numbers that repeat from visitor to visitor would make one session of several; a visitor whose mark changed is one all the same.
select source, session_id
from {{ ref('stg_events') }}
where session_id is not null
group by source, session_id
having count(distinct visitor_id) > 1
