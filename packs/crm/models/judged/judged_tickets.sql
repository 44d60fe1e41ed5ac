-- A priority is known if it has a promise in `crm_sla_targets`.
{{ crm.judged(
  'tickets',
  {
    'ticket_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'channel': 'text',
    'priority': 'text',
    'status': 'text',
    'opened_at': 'instant',
    'first_response_at': 'instant_or_null',
    'resolved_at': 'instant_or_null',
  },
  [
    ["known_priority is null", "'unknown priority: ' || " ~ crm.shown('priority')],
    crm.unknown('status', ['open', 'pending', 'resolved', 'closed']),
    ["status in ('resolved', 'closed') and resolved_at_text is null", "'status ' || status || ' without resolved_at'"],
    ["resolved_at < opened_at", "'closed before it was opened'"],
    ["first_response_at < opened_at", "'answered before it was opened'"],
  ],
  known={'priority': ref('crm_sla_targets')}
) }}
