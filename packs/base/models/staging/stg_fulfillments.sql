with records as (
  {{ base.latest_records('fulfillments', [
    'fulfillment_id', 'order_id', 'fulfilled_at', 'status'
  ]) }}
)

select
  source,
  key as record_key,
  fulfillment_id,
  order_id,
  {{ base.instant('fulfilled_at') }} as fulfilled_at,
  status
from records
