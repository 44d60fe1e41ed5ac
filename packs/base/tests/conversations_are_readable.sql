-- A conversation that cannot be read in one of these fields would be counted wrongly, or silently left out.
select source, record_key, conversation_id
from {{ ref('stg_conversations') }}
where opened_at is null
  or channel is null or channel not in ('email', 'chat', 'phone', 'social')
  or status is null or status not in ('open', 'pending', 'resolved', 'closed')
  or is_escalated is null
  or is_urgent is null
  or (sentiment is not null and sentiment not in ('very_negative', 'negative', 'neutral', 'positive', 'very_positive'))
  or has_unreadable_times
  or (status in ('resolved', 'closed') and resolved_at is null)
  or first_response_at < opened_at
  or resolved_at < opened_at
