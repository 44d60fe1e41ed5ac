-- A stretch of time in which a subscription holds on one set of terms: its trial, what is paid, and what is left between pauses.
-- What the subscription says no price of costs what the price list said when the terms began.
with terms as (
  select
    subscriptions.*,
    {{ base.shop_currency(base.shop_day('starts_at')) }} as shop_currency,
    least(ends_at, lead(starts_at) over (partition by subscription_id order by starts_at)) as over_at
  from {{ ref('stg_subscriptions') }} as subscriptions
),

priced as (
  select
    terms.* exclude (amount),
    case when terms.has_amount then terms.amount else prices.amount end as amount,
    case when terms.has_amount then 'subscription' when prices.amount is not null then 'price_list' end as price_from
  from terms
  asof left join {{ ref('stg_subscription_prices') }} as prices
    on terms.plan = prices.plan
    and terms.billing_interval = prices.billing_interval
    and terms.shop_currency = prices.currency
    and terms.starts_at >= prices.valid_from
),

-- `least` and `greatest` leave out what is null, which is an end that nobody knows
stretches as (
  select *, true as is_trial, starts_at as since, least(trial_ends_at, over_at) as until
  from priced
  where trial_ends_at > starts_at
  union all
  select *, false, greatest(starts_at, trial_ends_at), over_at
  from priced
),

unpaused as (
  select * replace (least(until, paused_at) as until) from stretches
  union all
  select * replace (greatest(since, resumes_at) as since) from stretches where paused_at is not null and resumes_at is not null
)

select
  subscription_id,
  customer_id,
  {{ base.shop_day('since') }} as starts_on,
  since as starts_at,
  until as ends_at,
  least(until, cancelled_at) as left_at,
  cancelled_at,
  plan,
  billing_interval,
  quantity,
  is_trial,
  price_from,
  amount * quantity as charge,
  {{ base.monthly_amount('amount', 'quantity', 'billing_interval') }} as monthly
from unpaused
where since is not null and (until is null or until > since)
