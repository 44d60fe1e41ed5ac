-- Where a source numbers its sessions, those count. Where it does not, a session is made up: it ends when the visitor has been away for
-- half an hour. What only programs call is no visit.
with acts as (
  select *, lag(occurred_at) over (partition by visitor_id, session_key is null order by occurred_at, event_id) as before_at
  from {{ ref('fct_events') }}
  where name <> 'api_call' and (session_key is not null or visitor_id is not null)
),

numbered as (
  select
    *,
    sum(case when before_at is null or occurred_at > before_at + interval '{{ var("session_gap_minutes") | int }} minutes' then 1 else 0 end) over (
      partition by visitor_id, session_key is null order by occurred_at, event_id rows between unbounded preceding and current row
    ) as number
  from acts
)

select
  event_id,
  occurred_at,
  name,
  session_key,
  visitor_id,
  utm_source,
  campaign,
  traffic_source,
  order_id,
  coalesce(
    session_key,
    'made up:' || visitor_id || ':' || min(epoch_us(occurred_at)) over (partition by visitor_id, session_key is null, number)
  ) as visit_key
from numbered
