-- From the first purchase on a customer is in exactly one stage: each begins where the one before ends, and only the last is open.
select customer_id, from_at, until_at, stage
from {{ ref('customer_lifecycle') }}
qualify until_at is distinct from lead(from_at) over (partition by customer_id order by from_at)
  or until_at <= from_at
  or (until_at is null and stage <> 'churned')
