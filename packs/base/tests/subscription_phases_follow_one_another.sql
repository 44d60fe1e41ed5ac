-- Of one subscription no two stretches of time hold at once.
select subscription_id, starts_at, ends_at
from {{ ref('fct_subscription_phases') }}
qualify lead(starts_at) over (partition by subscription_id order by starts_at) < coalesce(ends_at, timestamptz 'infinity')
