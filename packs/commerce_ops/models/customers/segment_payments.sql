select
  payments.payment_id,
  payments.order_id,
  payments.paid_on,
  payments.paid_at,
  payments.amount,
  payments.is_test,
  payments.is_voided,
  customers.segment
from {{ ref('fct_payments') }} as payments
join {{ ref('stg_customers') }} as customers on customers.customer_id = payments.customer_id
where customers.segment is not null
