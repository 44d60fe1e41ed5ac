-- Revenue from the books where they are kept, else from the payment provider: never both, for they are the same money.
with provider as (
  select 'payment' as origin, payment_id as revenue_id, paid_on as revenue_on, paid_at as revenue_at, 'payment' as revenue_type, customer_id, amount
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided
  union all
  select 'refund', refund_id, {{ base.shop_day('refunds.refunded_at') }}, refunded_at, 'refund', orders.customer_id, -amount
  from {{ ref('stg_refunds') }} as refunds
  left join {{ ref('stg_orders') }} as orders on orders.order_id = refunds.order_id
  where not coalesce(orders.is_test, false) and coalesce(orders.financial_status, '') <> 'voided'
)

select 'recorded' as origin, revenue_id, revenue_on, revenue_at, revenue_type, customer_id, amount
from {{ ref('fct_recorded_revenue') }}
union all
select origin, revenue_id, revenue_on, revenue_at, revenue_type, customer_id, amount
from provider
where not exists (select 1 from {{ source('raw', 'revenue_tracking') }})
