{#
  A bill for weeks of advertising that is recorded on one day, beside the platform's own spend of each day, would count most of it twice. It
  is told by its size: more than twice what the platforms say of its day, where they also say something of the day before or after.
#}
with daily as (
  select platform, {{ base.shop_day('spend_at') }} as spent_on, sum(amount) as amount
  from {{ ref('stg_spend') }}
  group by all
),

bills as (
  select *, {{ base.shop_day('cost_at') }} as cost_on, starts_with(channel, 'paid') or (cost_type = 'advertising' and channel is null) as is_any_platform
  from {{ ref('stg_acquisition_costs') }}
  where cost_type in ('advertising', 'marketing') and covers_from is null and covers_until is null
)

select bills.source, bills.record_key, bills.cost_id, bills.amount
from bills
join daily on (bills.channel = daily.platform or is_any_platform) and abs(date_diff('day', cost_on, spent_on)) <= 1
group by all
having coalesce(sum(daily.amount) filter (where spent_on <> cost_on), 0) > 0
  and bills.amount > 2 * coalesce(sum(daily.amount) filter (where spent_on = cost_on), 0)
