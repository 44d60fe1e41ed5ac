with records as (
  {{ base.latest_records('inventory_levels', [
    'sku', 'location', 'on_hand', 'counted_at'
  ]) }}
)

select
  source,
  key as record_key,
  sku,
  location,
  {{ base.whole_number('on_hand') }} as on_hand,
  {{ base.instant('counted_at') }} as counted_at
from records
