-- An application complies when its review approves it.
{{ crm.judged(
  'applications',
  {
    'application_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'status': 'text',
    'submitted_at': 'instant',
    'reviewed_at': 'instant_or_null',
  },
  [
    crm.unknown('status', ['submitted', 'approved', 'rejected']),
    ["status in ('approved', 'rejected') and reviewed_at_text is null", "'status ' || status || ' without reviewed_at'"],
    ["status = 'submitted' and reviewed_at_text is not null", "'reviewed without a decision'"],
    ["reviewed_at < submitted_at", "'reviewed before it was submitted'"],
  ]
) }}
