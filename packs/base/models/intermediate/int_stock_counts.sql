-- Sales are not known by location, so a SKU's stock is judged as a whole: each count is set beside what all locations of
-- the SKU hold on that day (a location that was not counted yet stands with its count of the day before).
with counts as (
  select sku, location, on_hand, counted_at, {{ base.shop_day('counted_at') }} as counted_on
  from {{ ref('stg_inventory_levels') }}
),

last_counts as (
  select sku, location, on_hand, counted_at, counted_on
  from counts
  qualify row_number() over (partition by sku, location, counted_on order by counted_at desc, on_hand) = 1
),

sku_days as (
  select sku, counted_on, min(location) as first_location
  from last_counts
  group by sku, counted_on
),

held as (
  select days.sku, days.counted_on, counts.location, counts.on_hand
  from sku_days as days
  join last_counts as counts
    on counts.sku = days.sku
    and counts.counted_on between days.counted_on - 1 and days.counted_on
  qualify row_number() over (
    partition by days.sku, days.counted_on, counts.location order by counts.counted_on desc
  ) = 1
),

totals as (
  select sku, counted_on, cast(sum(on_hand) as bigint) as sku_on_hand
  from held
  group by sku, counted_on
)

select
  last_counts.sku,
  last_counts.location,
  last_counts.counted_on,
  last_counts.counted_at,
  last_counts.on_hand,
  totals.sku_on_hand,
  last_counts.location = sku_days.first_location as is_first_location
from last_counts
join sku_days on sku_days.sku = last_counts.sku and sku_days.counted_on = last_counts.counted_on
join totals on totals.sku = last_counts.sku and totals.counted_on = last_counts.counted_on
