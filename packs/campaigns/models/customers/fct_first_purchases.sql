-- Whether somebody comes back within 90 days is known when they are over: so a customer counts on the day on which they are, and that
-- rests on the purchases of the days between.
with firsts as (
  select customer_id, bought_at as first_at, bought_at + interval '{{ (var("repeat_within_days") | int) * 24 }} hours' as judged_at
  from {{ ref('fct_purchases') }}
  where is_first
),

seconds as (
  select customer_id, bought_at as second_at
  from {{ ref('fct_purchases') }}
  where number = 2
)

select
  firsts.customer_id,
  firsts.first_at,
  {{ base.shop_day('firsts.judged_at') }} as judged_on,
  firsts.judged_at,
  seconds.second_at,
  coalesce(seconds.second_at <= firsts.judged_at, false) as is_repeat
from firsts
left join seconds on seconds.customer_id = firsts.customer_id
