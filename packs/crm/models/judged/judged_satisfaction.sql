-- CSAT is answered from 1 to 5, NPS from 0 to 10, both in whole numbers.
{{ crm.judged(
  'satisfaction',
  {
    'response_id': 'text',
    'facility_id': 'text',
    'rep_id': 'text',
    'channel': 'text',
    'survey_type': 'text',
    'score': 'whole_number',
    'responded_at': 'instant',
  },
  [
    crm.unknown('survey_type', ['csat', 'nps']),
    ["score is null", "'score is no whole number: ' || " ~ crm.shown('score_text')],
    ["survey_type = 'csat' and score not between 1 and 5", "'score out of range 1 to 5: ' || " ~ crm.shown('score_text')],
    ["survey_type = 'nps' and score not between 0 and 10", "'score out of range 0 to 10: ' || " ~ crm.shown('score_text')],
  ]
) }}
