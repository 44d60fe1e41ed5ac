-- An opportunity belongs to a lead.
{{ crm.judged(
  'opportunities',
  {
    'opportunity_id': 'text',
    'lead_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'channel': 'text',
    'stage': 'text',
    'amount': 'money',
    'win_probability': 'decimal_number',
    'opened_at': 'instant',
    'closed_at': 'instant_or_null',
  },
  [
    crm.unknown('stage', ['opportunity', 'won', 'lost']),
    ["stage in ('won', 'lost') and closed_at_text is null", "'stage ' || stage || ' without closed_at'"],
    ["closed_at < opened_at", "'closed before it was opened'"],
    ["lead_id is null", "'orphan opportunity: it names no lead'"],
    crm.orphan('opportunity', 'lead_id'),
    ["win_probability > 1", "'probability over 1: ' || " ~ crm.shown('win_probability_text')],
    ["win_probability < 0", "'negative probability: ' || " ~ crm.shown('win_probability_text')],
    ["win_probability is null and win_probability_text is not null", "'win_probability is no number: ' || " ~ crm.shown('win_probability_text')],
  ],
  money_at='opened_at',
  known={'lead_id': ref('judged_leads')}
) }}
