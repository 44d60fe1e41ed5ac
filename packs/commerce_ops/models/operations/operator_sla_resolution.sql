select
  breach_id,
  {{ base.shop_day('detected_at') }} as detected_on,
  detected_at,
  kind,
  operator_id,
  responded_at,
  resolved_at,
  resolved_at is not null as is_resolved,
  {{ elapsed('detected_at', 'responded_at', 'minutes') }} as response_time_minutes
from {{ ref('stg_sla_breaches') }}
