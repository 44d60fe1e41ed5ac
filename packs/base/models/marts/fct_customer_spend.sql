-- What a customer spent stays spent: each amount holds from its instant on, so that all of them together are what they spent by then.
with refunds as (
  select refunds.*, orders.customer_id
  from {{ ref('fct_refunds') }} as refunds
  join {{ ref('stg_orders') }} as orders on orders.order_id = refunds.order_id
)

select
  'capture:' || payment_id as entry_id,
  customer_id,
  paid_on as spent_on,
  paid_at as spent_at,
  cast(null as timestamptz) as ends_at,
  amount,
  is_test,
  is_voided
from {{ ref('fct_payments') }}
where customer_id is not null
union all
select 'refund:' || refund_id, customer_id, refunded_on, refunded_at, null, -amount, is_test, is_voided
from refunds
where customer_id is not null
