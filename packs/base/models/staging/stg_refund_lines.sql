with records as (
  {{ base.latest_records('refund_lines', [
    'refund_line_id', 'refund_id', 'order_id', 'line_id', 'sku', 'quantity', 'amount', 'currency', 'refunded_at'
  ]) }}
)

select
  source,
  key as record_key,
  refund_line_id,
  refund_id,
  order_id,
  line_id,
  sku,
  {{ base.whole_number('quantity') }} as quantity,
  {{ base.shop_money('amount', 'currency', base.instant('refunded_at')) }} as amount,
  currency,
  {{ base.instant('refunded_at') }} as refunded_at
from records
