-- What became of those who signed up in each month: one row a user and month since, up to the last month that is over.
with users as (
  select user_id, signed_up_on, cast(date_trunc('month', signed_up_on) as date) as cohort_on
  from {{ ref('fct_signups') }}
),

months as (
  select
    users.*,
    unnest(range(0, greatest(0, date_diff('month', cohort_on, (select {{ base.shop_day('max(received_at)') }} from {{ source('raw', 'events') }})))))
      as months_since_cohort
  from users
),

active as (
  select distinct user_id, cast(date_trunc('month', active_on) as date) as month
  from {{ ref('fct_user_days') }}
)

select
  months.user_id,
  cohort_on,
  cast(months_since_cohort as integer) as months_since_cohort,
  1 as users,
  case when active.user_id is not null then 1 else 0 end as retained
from months
left join active
  on active.user_id = months.user_id
  and active.month = cast(cohort_on + to_months(cast(months_since_cohort as integer)) as date)
