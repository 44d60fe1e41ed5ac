-- Outreach may go to somebody who is no lead yet; a lead that it names has to exist.
{{ crm.judged(
  'outreach',
  {
    'outreach_id': 'text',
    'lead_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'channel': 'text',
    'sent_at': 'instant',
    'responded_at': 'instant_or_null',
    'converted_at': 'instant_or_null',
  },
  [
    ["channel is null", "'channel is missing'"],
    ["responded_at < sent_at", "'answered before it was sent'"],
    ["converted_at < sent_at", "'converted before it was sent'"],
    ["converted_at_text is not null and responded_at_text is null", "'converted without a response'"],
    crm.orphan('outreach', 'lead_id'),
  ],
  known={'lead_id': ref('judged_leads')}
) }}
