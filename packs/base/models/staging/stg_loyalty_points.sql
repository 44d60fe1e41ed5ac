with records as (
  {{ base.latest_records('loyalty_points', [
    'entry_id', 'entered_at', 'customer_id', 'kind', 'points', 'order_id'
  ]) }}
)

select
  source,
  key as record_key,
  entry_id,
  {{ base.instant('entered_at') }} as entered_at,
  nullif(trim(customer_id), '') as customer_id,
  kind,
  {{ base.whole_number('points') }} as points,
  nullif(trim(order_id), '') as order_id
from records
