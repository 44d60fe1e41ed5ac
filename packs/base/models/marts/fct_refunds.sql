-- A refund whose order has not arrived is parked: it joins in on the order's arrival, and `refunds_have_orders` counts it.
select
  refunds.refund_id,
  refunds.order_id,
  {{ base.shop_day('refunds.refunded_at') }} as refunded_on,
  refunds.refunded_at,
  refunds.amount,
  orders.is_test,
  orders.financial_status = 'voided' as is_voided,
  refunds.reason,
  orders.channel
from {{ ref('stg_refunds') }} as refunds
join {{ ref('stg_orders') }} as orders on orders.order_id = refunds.order_id
