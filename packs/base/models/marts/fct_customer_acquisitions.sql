-- When each customer first paid, or owed for a subscription: who comes back is not won a second time.
with firsts as (
  select customer_id, starts_at as acquired_at, 'subscription' as acquired_through
  from {{ ref('fct_subscription_phases') }}
  where not is_trial and monthly > 0
  union all
  select customer_id, paid_at, 'payment'
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided and amount > 0
)

select customer_id, {{ base.shop_day('acquired_at') }} as acquired_on, acquired_at, acquired_through
from firsts
where customer_id is not null and acquired_at is not null
qualify row_number() over (partition by customer_id order by acquired_at, acquired_through) = 1
