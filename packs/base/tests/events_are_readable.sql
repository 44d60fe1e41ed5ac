-- What nobody did counts in no session and for no visitor; programs that call an interface need no mark.
select source, record_key
from {{ ref('stg_events') }}
where has_unreadable_status or (name <> 'api_call' and session_id is null and visitor_id is null)
