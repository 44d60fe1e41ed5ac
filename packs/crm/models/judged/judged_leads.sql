-- How far a lead came is read from its instants: one that was lost may have been qualified before, and a funnel counts it there.
{{ crm.judged(
  'leads',
  {
    'lead_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'channel': 'text',
    'stage': 'text',
    'value': 'money',
    'created_at': 'instant',
    'qualified_at': 'instant_or_null',
    'opportunity_at': 'instant_or_null',
    'closed_at': 'instant_or_null',
  },
  [
    crm.unknown('stage', ['lead', 'sql', 'opportunity', 'won', 'lost']),
    ["stage in ('sql', 'opportunity', 'won') and qualified_at_text is null", "'stage ' || stage || ' without qualified_at'"],
    ["stage in ('opportunity', 'won') and opportunity_at_text is null", "'stage ' || stage || ' without opportunity_at'"],
    ["opportunity_at_text is not null and qualified_at_text is null", "'an opportunity that was never qualified'"],
    ["stage in ('won', 'lost') and closed_at_text is null", "'stage ' || stage || ' without closed_at'"],
    ["qualified_at < created_at", "'qualified before it was created'"],
    ["opportunity_at < qualified_at", "'an opportunity before it was qualified'"],
    ["closed_at < greatest(created_at, qualified_at, opportunity_at)", "'closed before it came so far'"],
  ],
  money_at='created_at'
) }}
