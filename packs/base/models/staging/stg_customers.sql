with records as (
  {{ base.latest_records('customers', [
    'customer_id', 'created_at', 'segment'
  ]) }}
)

select
  source,
  key as record_key,
  customer_id,
  {{ base.instant('created_at') }} as created_at,
  segment
from records
