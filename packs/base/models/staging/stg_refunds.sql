with records as (
  {{ base.latest_records('refunds', [
    'refund_id', 'order_id', 'amount', 'currency', 'refunded_at', 'reason'
  ]) }}
)

select
  source,
  key as record_key,
  refund_id,
  order_id,
  {{ base.shop_money('amount', 'currency', base.instant('refunded_at')) }} as amount,
  currency,
  {{ base.instant('refunded_at') }} as refunded_at,
  reason
from records
