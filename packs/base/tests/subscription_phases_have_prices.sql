-- A subscription of which neither its record nor the price list says a price would be worth nothing.
select subscription_id, starts_at, plan, billing_interval
from {{ ref('fct_subscription_phases') }}
where monthly is null
