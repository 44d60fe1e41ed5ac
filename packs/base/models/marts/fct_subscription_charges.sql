-- What the dated prices charge, and when: at the beginning of each interval that begins while the terms hold. A day that nobody has told of
-- yet cannot be asked, so charges end a month after the newest record came.
with horizon as (
  select max(received_at) + interval 1 month as until from {{ source('raw', 'subscriptions') }}
),

paid as (
  select phases.*, {{ base.months_of('billing_interval') }} as months, least(ends_at, horizon.until) as until
  from {{ ref('fct_subscription_phases') }} as phases
  cross join horizon
  where not is_trial
),

numbered as (
  select *, unnest(range(0, greatest(0, date_diff('month', starts_at, until) // months + 2))) as number
  from paid
)

select
  subscription_id,
  customer_id,
  {{ base.shop_day('starts_at + to_months(cast(number * months as integer))') }} as charged_on,
  starts_at + to_months(cast(number * months as integer)) as charged_at,
  plan,
  charge as amount
from numbered
where starts_at + to_months(cast(number * months as integer)) < until
