-- What became of the customers of each month: one row a customer and month since, up to the last month that is over. A customer belongs to
-- the month in which something was to be paid for the first time.
with paid as (
  select customer_id, starts_at, ends_at, starts_on, {{ base.shop_day('ends_at') }} as ends_on, monthly
  from {{ ref('fct_subscription_phases') }}
  where not is_trial and monthly > 0 and customer_id is not null
),

begun as (
  select customer_id, min(starts_at) as first_at
  from paid
  group by customer_id
),

first_worth as (
  select begun.customer_id, {{ base.shop_day('first_at') }} as first_on, cast(sum(monthly) as bigint) as first_monthly
  from begun
  join paid on paid.customer_id = begun.customer_id and starts_at <= first_at and (ends_at is null or ends_at > first_at)
  group by all
),

months as (
  select
    first_worth.*,
    unnest(range(0, greatest(0, date_diff('month', date_trunc('month', first_on), (select {{ base.shop_day('max(received_at)') }} from {{ source('raw', 'subscriptions') }})))))
      as months_since_cohort
  from first_worth
),

dated as (
  select
    *,
    cast(date_trunc('month', first_on) as date) as cohort_on,
    last_day(cast(date_trunc('month', first_on) + to_months(cast(months_since_cohort as integer)) as date)) as month_on
  from months
)

select
  dated.customer_id,
  cohort_on,
  cast(months_since_cohort as integer) as months_since_cohort,
  month_on,
  1 as customers,
  case when coalesce(sum(monthly), 0) > 0 then 1 else 0 end as retained,
  first_monthly,
  cast(coalesce(sum(monthly), 0) as bigint) as monthly
from dated
left join paid
  on paid.customer_id = dated.customer_id and starts_on <= month_on and (ends_on is null or ends_on > month_on)
group by dated.customer_id, cohort_on, months_since_cohort, month_on, first_monthly
