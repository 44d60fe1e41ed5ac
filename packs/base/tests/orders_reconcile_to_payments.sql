-- What was captured for a paid order explains what the customer owes. An edit changes the total and moves money through
-- captures and refunds, so each total that the order ever had is allowed:
--   captured - refunded <= its highest total     (else money was taken, or delivered to us, twice)
--   captured >= its lowest total                 (else a capture is missing), once payments had time to arrive
with captured as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_payments') }}
  where kind = 'capture'
  group by order_id
),

refunded as (
  select order_id, sum(amount) as amount
  from {{ ref('stg_refunds') }}
  group by order_id
),

settled as (
  select max(paid_at) - interval '{{ var("payment_grace_hours") | int }} hours' as until
  from {{ ref('stg_payments') }}
),

candidates as (
  select
    orders.source,
    orders.record_key,
    orders.order_id,
    orders.ordered_at,
    orders.total_amount,
    coalesce(captured.amount, 0) as captured,
    coalesce(refunded.amount, 0) as refunded
  from {{ ref('stg_orders') }} as orders
  left join captured on captured.order_id = orders.order_id
  left join refunded on refunded.order_id = orders.order_id
  where orders.financial_status in ('paid', 'partially_refunded', 'refunded')
    and not orders.is_test
    and {{ base.in_one_currency('orders.order_id', ['stg_orders', 'stg_payments', 'stg_refunds']) }}
    and coalesce(captured.amount, 0) <> orders.total_amount
),

versions as (
  select
    candidates.order_id,
    min({{ base.minor_units("raw_orders.payload ->> 'total'", "raw_orders.payload ->> 'currency'") }}) as lowest,
    max({{ base.minor_units("raw_orders.payload ->> 'total'", "raw_orders.payload ->> 'currency'") }}) as highest
  from candidates
  join {{ source('raw', 'orders') }} as raw_orders
    on raw_orders.source = candidates.source and raw_orders.key = candidates.record_key
  group by candidates.order_id
)

select
  candidates.order_id,
  candidates.total_amount,
  candidates.captured,
  candidates.refunded,
  case when candidates.captured < versions.lowest then 'less captured than owed' else 'more captured than owed' end as problem
from candidates
join versions on versions.order_id = candidates.order_id
cross join settled
where candidates.captured - candidates.refunded > versions.highest
  or (candidates.captured < versions.lowest and (settled.until is null or candidates.ordered_at < settled.until))
