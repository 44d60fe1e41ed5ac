with records as (
  {{ base.latest_records('orders', [
    'order_id', 'customer_id', 'ordered_at', 'currency', 'total', 'financial_status', 'is_test', 'cancelled_at', 'channel'
  ]) }}
)

select
  source,
  key as record_key,
  order_id,
  customer_id,
  {{ base.instant('ordered_at') }} as ordered_at,
  currency,
  {{ base.shop_money('total', 'currency', base.instant('ordered_at')) }} as total_amount,
  financial_status,
  {{ base.truth('is_test') }} as is_test,
  {{ base.instant('cancelled_at') }} as cancelled_at,
  channel,
  event_at as changed_at
from records
