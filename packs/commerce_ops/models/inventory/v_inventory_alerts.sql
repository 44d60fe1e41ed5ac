-- The newest count of each SKU and location, if it is at most a day older than the newest of all, as the KPIs carry it.
with newest as (
  select max(counted_on) as counted_on from {{ ref('fct_inventory') }}
),

standing as (
  select counts.*
  from {{ ref('fct_inventory') }} as counts
  join newest on counts.counted_on >= newest.counted_on - 1
  qualify row_number() over (partition by counts.sku, counts.location order by counts.counted_on desc) = 1
)

-- A SKU is one alert, wherever it lies; locations that were counted on different days may tell of it differently.
select
  sku,
  alert_severity,
  stock_status,
  max(counted_on) as counted_on,
  any_value(sku_on_hand order by counted_on desc) as on_hand,
  any_value(days_of_cover order by counted_on desc) as days_of_cover,
  any_value(velocity_tier order by counted_on desc) as velocity_tier,
  any_value(category) as category,
  any_value(title) as title
from standing
where alert_severity <> 'none' or stock_status = 'overstock'
group by sku, alert_severity, stock_status
