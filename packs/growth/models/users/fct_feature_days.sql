-- Each active day of a user once for every feature, used or not: so that the users of one feature and all active users are counted over
-- the same rows. A feature is known from 30 days before it was first used on, which is as far as its adoption looks back.
with used as (
  select distinct feature, user_id, occurred_on
  from {{ ref('fct_events') }}
  where feature is not null and user_id is not null
),

features as (
  select feature, min(occurred_on) as first_on
  from used
  group by feature
)

select
  features.feature,
  days.user_id,
  days.active_on,
  used.user_id is not null as is_used
from {{ ref('fct_user_days') }} as days
join features on days.active_on > features.first_on - 30
left join used
  on used.feature = features.feature and used.user_id = days.user_id and used.occurred_on = days.active_on
