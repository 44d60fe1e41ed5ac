with records as (
  {{ base.latest_records('products', ['sku', 'tier', 'unit_cost', 'currency']) }}
)

select
  source,
  key as record_key,
  sku,
  case lower(regexp_replace(trim(tier), '[ _-]+', ' ', 'g'))
    when 'brick' then 'Brick'
    when 'value' then 'Value'
    when 'premium' then 'Premium'
    when 'top shelf' then 'Top Shelf'
    else nullif(trim(tier), '')
  end as tier,
  {{ base.shop_money('unit_cost', 'currency') }} as unit_cost,
  currency,
  coalesce(trim(unit_cost), '') <> '' as has_unit_cost
from records
