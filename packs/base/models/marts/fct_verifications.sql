-- Whether an open verification is late changes with the clock, so no column says it: `judged_at` is an instant, and whoever asks compares
-- it with the time of asking.
with refunded as (
  select order_id, min(refunded_at) as refunded_at
  from {{ ref('stg_refunds') }}
  where lower(reason) in ('not_verified', 'non_verification', 'non-verification', 'unverified', 'verification_failed')
  group by order_id
),

due as (
  select *, requested_at + interval '{{ var("verification_due_hours") | int }} hours' as due_at
  from {{ ref('stg_verifications') }}
)

select
  due.verification_id,
  due.order_id,
  due.customer_id,
  {{ base.shop_day('due.requested_at') }} as requested_on,
  due.requested_at,
  due.due_at,
  due.completed_at,
  {{ base.shop_day('due.completed_at') }} as completed_on,
  due.failed_at,
  least(due.completed_at, due.failed_at) as ended_at,
  least(due.completed_at, due.failed_at, due.due_at) as judged_at,
  {{ base.divide_exactly('(epoch_us(due.completed_at) - epoch_us(due.requested_at))', '3600000000') }} as hours_to_verify,
  refunded.refunded_at,
  refunded.refunded_at is not null as is_refunded
from due
left join refunded on refunded.order_id = due.order_id
