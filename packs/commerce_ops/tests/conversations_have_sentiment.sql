-- The numbers about sentiment ask for this check: a conversation that nobody has judged is neither negative nor not.
{{ config(severity='warn') }}
select source, record_key, conversation_id
from {{ ref('stg_conversations') }}
where sentiment is null
