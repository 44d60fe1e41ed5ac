-- Two prices of one plan from one instant on: nobody can say which holds.
select plan, billing_interval, currency, valid_from
from {{ ref('stg_subscription_prices') }}
group by all
having count(*) > 1
