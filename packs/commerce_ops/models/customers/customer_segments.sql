with bought as (
  select customer_id, min(paid_at) as first_paid_at
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided and customer_id is not null
  group by customer_id
)

select
  bought.customer_id,
  customers.segment,
  {{ base.shop_day('bought.first_paid_at') }} as first_paid_on,
  bought.first_paid_at
from bought
left join {{ ref('stg_customers') }} as customers on customers.customer_id = bought.customer_id
