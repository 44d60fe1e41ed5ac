-- Days of cover = units on hand / (units sold in the 30 complete days before the count / 30). The bounds are compared as
-- whole numbers (units × 30 against days × units sold), so that no rounding moves a SKU over one.
with movements as (
  select sku, counted_on as day, 0 as units
  from {{ ref('int_stock_counts') }}
  union all
  select sku, sold_on, quantity
  from {{ ref('int_sold_lines') }}
  where not is_test and not is_voided
),

daily_units as (
  select sku, day, sum(units) as units
  from movements
  group by sku, day
),

sold as (
  select
    sku,
    day,
    cast(
      coalesce(
        sum(units) over (
          partition by sku order by day range between interval 30 days preceding and interval 1 day preceding
        ), 0
      ) as bigint
    ) as units_sold_30d
  from daily_units
),

cover as (
  select
    counts.*,
    sold.units_sold_30d,
    greatest(counts.sku_on_hand, 0) * 30 as units_times_30
  from {{ ref('int_stock_counts') }} as counts
  join sold on sold.sku = counts.sku and sold.day = counts.counted_on
),

judged as (
  select
    *,
    case
      when sku_on_hand <= 0 then 'out_of_stock'
      when units_sold_30d = 0 then 'in_stock'
      when units_times_30 <= 7 * units_sold_30d then 'low_stock'
      when units_times_30 > 90 * units_sold_30d then 'overstock'
      else 'in_stock'
    end as stock_status
  from cover
)

select
  judged.sku,
  judged.location,
  judged.counted_on,
  judged.counted_at,
  judged.on_hand,
  judged.sku_on_hand,
  judged.is_first_location,
  judged.units_sold_30d,
  {{ base.divide_exactly('judged.units_times_30', 'judged.units_sold_30d') }} as days_of_cover,
  case
    when judged.units_sold_30d >= 30 then 'fast'
    when judged.units_sold_30d >= 6 then 'medium' -- 0.2 a day over 30 days
    when judged.units_sold_30d > 0 then 'slow'
    else 'none'
  end as velocity_tier,
  judged.stock_status,
  case
    when judged.stock_status = 'out_of_stock' then 'critical'
    when judged.stock_status = 'low_stock' and judged.units_times_30 < 3 * judged.units_sold_30d then 'critical'
    when judged.stock_status = 'low_stock' then 'high'
    else 'none'
  end as alert_severity,
  products.category,
  products.title
from judged
left join {{ ref('stg_products') }} as products on products.sku = judged.sku
