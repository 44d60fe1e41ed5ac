-- Each cost of winning customers once. A recorded cost of type advertising or marketing stands for what the platform that its channel names
-- says of the same days; one whose channel is `paid`, or advertising without a channel, stands for every platform.
with recorded as (
  select
    costs.*,
    {{ base.shop_day('cost_at') }} as cost_on,
    {{ base.shop_day('coalesce(covers_from, cost_at)') }} as first_on,
    {{ base.shop_day('coalesce(covers_until, cost_at)') }} as last_on,
    starts_with(channel, 'paid') or (cost_type = 'advertising' and channel is null) as is_any_platform
  from {{ ref('stg_acquisition_costs') }} as costs
),

advertising as (
  select * from recorded where cost_type in ('advertising', 'marketing')
)

select 'recorded' as origin, cost_id, cost_on, cost_at, cost_type, channel, amount
from recorded
union all
select 'platform', source || '|' || record_key, spent_on, spent_at, 'advertising', platform, amount
from {{ ref('fct_spend') }} as spend
where not exists (
  select 1
  from advertising
  where (channel = platform or is_any_platform) and spent_on between first_on and last_on
)
