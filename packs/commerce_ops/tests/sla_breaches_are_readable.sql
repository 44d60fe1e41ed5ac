-- A breach that cannot be read in one of these fields would look as if nobody had acted on it, or drop out of its day.
select source, record_key, breach_id
from {{ ref('stg_sla_breaches') }}
where detected_at is null
  or kind is null or kind not in ('fulfillment', 'conversation', 'inventory')
  or has_unreadable_times
  or responded_at < detected_at
  or resolved_at < detected_at
  or (operator_id is null and (responded_at is not null or resolved_at is not null))
