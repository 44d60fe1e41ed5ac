-- An invoice may belong to an opportunity, which then has to exist.
{{ crm.judged(
  'invoices',
  {
    'invoice_id': 'text',
    'opportunity_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'amount': 'money',
    'issued_at': 'instant',
    'due_at': 'instant',
    'paid_at': 'instant_or_null',
  },
  [
    ["due_at < issued_at", "'due before it was issued'"],
    ["paid_at < issued_at", "'paid before it was issued'"],
    crm.orphan('invoice', 'opportunity_id'),
  ],
  money_at='issued_at',
  known={'opportunity_id': ref('judged_opportunities')}
) }}
