with records as (
  {{ base.latest_records('order_lines', [
    'line_id', 'order_id', 'sku', 'title', 'quantity', 'amount', 'currency'
  ]) }}
)

select
  source,
  key as record_key,
  line_id,
  order_id,
  sku,
  title,
  {{ base.whole_number('quantity') }} as quantity,
  {{ base.shop_money('amount', 'currency') }} as amount,
  currency
from records
