-- A priority is known if it has a promise in `crm_sla_targets`.
with records as materialized (
  {{ crm.records('tickets', [
    'ticket_id', 'facility_id', 'rep_id', 'channel', 'priority', 'status', 'opened_at', 'first_response_at', 'resolved_at', 'updated_at'
  ]) }}
),

repeated as (
  select ticket_id from records where ticket_id is not null group by ticket_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    ticket_id,
    facility_id,
    rep_id,
    channel,
    priority,
    status,
    {{ crm.instant('opened_at') }} as opened_at,
    opened_at as opened_at_text,
    {{ crm.instant('first_response_at') }} as first_response_at,
    first_response_at as first_response_at_text,
    {{ crm.instant('resolved_at') }} as resolved_at,
    resolved_at as resolved_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  ticket_id,
  facility_id,
  rep_id,
  channel,
  priority,
  status,
  opened_at,
  first_response_at,
  resolved_at,
  coalesce(updated_at, greatest(opened_at, first_response_at, resolved_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('ticket_id', ['opened_at'], ['first_response_at', 'resolved_at'])
    + [
      ["priority is null or not exists (select 1 from " ~ ref('crm_sla_targets') ~ " as targets where targets.priority = typed.priority)", "'unknown priority: ' || " ~ crm.shown('priority')],
      crm.unknown('status', ['open', 'pending', 'resolved', 'closed']),
      ["status in ('resolved', 'closed') and resolved_at_text is null", "'status ' || status || ' without resolved_at'"],
      ["resolved_at < opened_at", "'closed before it was opened'"],
      ["first_response_at < opened_at", "'answered before it was opened'"],
    ]
  ) }} as fault
from typed
