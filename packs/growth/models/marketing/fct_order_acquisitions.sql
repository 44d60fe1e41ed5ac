-- Customers who were won by an order, with the way that led to it: that of the session in which their first paid order was placed.
select
  customers.customer_id,
  customers.acquired_on,
  customers.acquired_at,
  payments.traffic_source,
  payments.campaign
from {{ ref('fct_customer_acquisitions') }} as customers
join {{ ref('fct_attributed_payments') }} as payments
  on payments.customer_id = customers.customer_id and payments.paid_at = customers.acquired_at
where customers.acquired_through = 'payment' and not payments.is_test and not payments.is_voided and payments.amount > 0
qualify row_number() over (partition by customers.customer_id order by payments.payment_id) = 1
