-- What is wrong with an order changes with the clock: an open order is overdue from an instant on. So no column says whether
-- there is an issue; there are the instants between which there is one, and whoever asks compares them with the time of asking.
--   overdue_at .. open_until    due, and paid for
--   issue_at .. open_until      overdue, or its shipment was cancelled and nothing left since: high
--   critical_at .. open_until   overdue by more than two days more: critical
--   late_at ..                  left after it was due: medium, for ever
--   replaced_at ..              left in time, but only after a shipment had been cancelled: low, for ever
-- Nobody waits for an order that is not paid, is voided, or is a test: the first three instants are null. One that is paid only
-- when it is due already waits from then on. One that is cancelled has waited until then, which its past days keep.
with first_undone as (
  select order_id, min(fulfilled_at) as undone_at
  from {{ ref('stg_fulfillments') }}
  where status = 'cancelled'
  group by order_id
),

orders as (
  select
    orders.*,
    records.customer_id,
    records.cancelled_at,
    case when not orders.is_test and not orders.is_voided then orders.captured_at end as waits_from,
    case
      when orders.fulfilled_at is null or first_undone.undone_at < orders.fulfilled_at then first_undone.undone_at
    end as undone_at
  from {{ ref('fct_order_fulfillment') }} as orders
  join {{ ref('stg_orders') }} as records on records.order_id = orders.order_id
  left join first_undone on first_undone.order_id = orders.order_id
)

select
  order_id,
  customer_id,
  created_on,
  created_at,
  is_shippable,
  {{ base.shop_day('fulfilled_at') }} as fulfilled_on,
  fulfilled_at,
  case when fulfilled_at >= created_at then {{ elapsed('created_at', 'fulfilled_at', 'days') }} end as days_to_fulfill,
  due_at,
  -- who still waits after 90 days is given up: a day that was never loaded must not make every later count uncertain
  least(
    coalesce(fulfilled_at, created_at + interval '{{ 90 * 24 }} hours'),
    coalesce(cancelled_at, created_at + interval '{{ 90 * 24 }} hours'),
    created_at + interval '{{ 90 * 24 }} hours'
  ) as open_until,
  case when waits_from is not null then greatest(waits_from, due_at) end as overdue_at,
  case when waits_from is not null then greatest(waits_from, least(coalesce(undone_at, due_at), due_at)) end as issue_at,
  case
    when waits_from is not null
      then greatest(waits_from, due_at + interval '{{ var("fulfillment_critical_hours") | int }} hours')
  end as critical_at,
  case when fulfilled_at > due_at then fulfilled_at end as late_at,
  case when fulfilled_at <= due_at and undone_at is not null then fulfilled_at end as replaced_at,
  case
    when fulfilled_at > due_at or fulfilled_at is null then due_at
    when undone_at is not null then fulfilled_at
  end as faulty_at
from orders
