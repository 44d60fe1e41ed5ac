-- The days from the first registration to the last day that was over when the newest record came. The KPIs do not read this
-- table: they ask the shops at each day's end, and so have later days as well, on which nothing was delivered.
with span as (
  select
    (select min({{ base.shop_day('registered_at') }}) from {{ ref('stg_shops') }}) as first_day,
    (select max({{ base.shop_day('received_at') }}) - 1 from {{ source('raw', 'shops') }}) as last_day
),

days as (
  select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
  from span
),

changes as (
  select {{ base.shop_day('registered_at') }} as day, 1 as registered, 0 as activated
  from {{ ref('stg_shops') }}
  union all
  select {{ base.shop_day('activated_at') }}, 0, 1
  from {{ ref('stg_shops') }}
  where activated_at is not null
),

counted as (
  select
    days.day,
    cast(sum(coalesce(sum(changes.registered), 0)) over (order by days.day) as bigint) as total_shops,
    cast(sum(coalesce(sum(changes.activated), 0)) over (order by days.day) as bigint) as shops_activated
  from days
  left join changes on changes.day = days.day
  group by days.day
),

rolled as (
  select
    day,
    total_shops,
    shops_activated,
    cast(sum(total_shops) over last_seven as bigint) as total_shops_7d,
    cast(sum(shops_activated) over last_seven as bigint) as shops_activated_7d
  from counted
  window last_seven as (order by day rows between 6 preceding and current row)
)

select
  day,
  total_shops,
  shops_activated,
  {{ base.divide_exactly('(100 * shops_activated)', 'total_shops') }} as activation_rate_pct,
  total_shops_7d,
  shops_activated_7d,
  {{ base.divide_exactly('(100 * shops_activated_7d)', 'total_shops_7d') }} as activation_rate_7d_avg
from rolled
