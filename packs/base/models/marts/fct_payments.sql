-- Money that was captured counts even while its order's own record is still on its way.
select
  payments.payment_id,
  payments.order_id,
  coalesce(payments.customer_id, orders.customer_id) as customer_id,
  {{ base.shop_day('payments.paid_at') }} as paid_on,
  payments.paid_at,
  payments.amount,
  payments.is_test or coalesce(orders.is_test, false) as is_test,
  coalesce(orders.financial_status = 'voided', false) as is_voided,
  orders.channel
from {{ ref('stg_payments') }} as payments
left join {{ ref('stg_orders') }} as orders on orders.order_id = payments.order_id
where payments.kind = 'capture'
