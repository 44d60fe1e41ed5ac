select
  order_id,
  customer_id,
  {{ base.shop_day('ordered_at') }} as created_on,
  ordered_at as created_at,
  is_test,
  financial_status = 'voided' as is_voided,
  cancelled_at is not null as is_cancelled,
  channel,
  total_amount
from {{ ref('stg_orders') }}
