-- An order is fulfilled when its first parcel leaves: a replacement sent later does not make it late.
with first_parcels as (
  select order_id, min(fulfilled_at) as fulfilled_at
  from {{ ref('stg_fulfillments') }}
  where status = 'success'
  group by order_id
),

first_captures as (
  select order_id, min(paid_at) as captured_at
  from {{ ref('stg_payments') }}
  where kind = 'capture' and not is_test
  group by order_id
),

due as (
  select
    order_id,
    ordered_at,
    is_test,
    financial_status,
    cancelled_at,
    total_amount,
    ordered_at + interval '{{ var("fulfillment_sla_hours") | int }} hours' as due_at
  from {{ ref('stg_orders') }}
),

orders as (
  select
    due.order_id,
    {{ base.shop_day('due.ordered_at') }} as created_on,
    due.ordered_at as created_at,
    due.is_test,
    due.financial_status = 'voided' as is_voided,
    due.cancelled_at is not null as is_cancelled,
    -- for an order that costs nothing there is nothing to capture
    case when due.total_amount = 0 then due.ordered_at else first_captures.captured_at end as captured_at,
    due.cancelled_at,
    first_parcels.fulfilled_at,
    due.due_at
  from due
  left join first_parcels on first_parcels.order_id = due.order_id
  left join first_captures on first_captures.order_id = due.order_id
)

select
  order_id,
  created_on,
  created_at,
  is_test,
  is_voided,
  is_cancelled,
  captured_at,
  captured_at is not null
    and not is_voided
    and not is_test
    and (cancelled_at is null or coalesce(fulfilled_at <= cancelled_at, false)) as is_shippable,
  fulfilled_at,
  due_at,
  fulfilled_at <= due_at as is_on_time
from orders
