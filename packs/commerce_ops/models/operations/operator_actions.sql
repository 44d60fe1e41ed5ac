-- An operator is active on the days on which he acts, whenever the breach was detected.
with actions as (
  select breach_id, 'responded' as action, operator_id, responded_at as acted_at
  from {{ ref('stg_sla_breaches') }}
  where responded_at is not null
  union all
  select breach_id, 'resolved', operator_id, resolved_at
  from {{ ref('stg_sla_breaches') }}
  where resolved_at is not null
)

select breach_id, action, operator_id, acted_at, {{ base.shop_day('acted_at') }} as acted_on
from actions
