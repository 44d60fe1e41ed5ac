-- Stock is judged by SKU, so a SKU has one row a day, however many locations were counted.
select
  sku,
  counted_on as snapshot_on,
  sku_on_hand as on_hand,
  units_sold_30d,
  days_of_cover,
  velocity_tier,
  stock_status,
  alert_severity,
  category,
  title
from {{ ref('fct_inventory') }}
where is_first_location
