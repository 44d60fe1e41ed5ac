-- An order is fulfilled when its first parcel leaves: a replacement sent later does not make it late.
with first_parcels as (
  select order_id, min(fulfilled_at) as fulfilled_at
  from {{ ref('stg_fulfillments') }}
  where status = 'success'
  group by order_id
),

due as (
  select
    order_id,
    ordered_at,
    is_test,
    financial_status,
    cancelled_at,
    ordered_at + interval '{{ var("fulfillment_sla_hours") | int }} hours' as due_at
  from {{ ref('stg_orders') }}
)

select
  due.order_id,
  {{ base.shop_day('due.ordered_at') }} as created_on,
  due.ordered_at as created_at,
  due.is_test,
  due.financial_status = 'voided' as is_voided,
  due.cancelled_at is not null as is_cancelled,
  first_parcels.fulfilled_at,
  due.due_at,
  first_parcels.fulfilled_at <= due.due_at as is_on_time
from due
left join first_parcels on first_parcels.order_id = due.order_id
