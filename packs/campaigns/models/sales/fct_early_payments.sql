select payments.payment_id, payments.order_id, payments.paid_on, payments.paid_at, payments.amount, payments.is_test, payments.is_voided
from {{ ref('fct_payments') }} as payments
join {{ ref('fct_day_checkpoints') }} as checkpoints on checkpoints.day = payments.paid_on
where payments.paid_at < checkpoints.checkpoint_at
