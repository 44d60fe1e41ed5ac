-- CSAT is answered from 1 to 5, NPS from 0 to 10, both in whole numbers.
with records as materialized (
  {{ crm.records('satisfaction', [
    'response_id', 'facility_id', 'rep_id', 'channel', 'survey_type', 'score', 'responded_at', 'updated_at'
  ]) }}
),

repeated as (
  select response_id from records where response_id is not null group by response_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    response_id,
    facility_id,
    rep_id,
    channel,
    survey_type,
    score as score_text,
    {{ crm.whole_number('score') }} as score,
    {{ crm.instant('responded_at') }} as responded_at,
    responded_at as responded_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  response_id,
  facility_id,
  rep_id,
  channel,
  survey_type,
  score,
  responded_at,
  coalesce(updated_at, responded_at) as updated_at,
  {{ crm.fault(
    crm.usual_faults('response_id', ['responded_at'], [])
    + [
      crm.unknown('survey_type', ['csat', 'nps']),
      ["score is null", "'score is no whole number: ' || " ~ crm.shown('score_text')],
      ["survey_type = 'csat' and score not between 1 and 5", "'score out of range 1 to 5: ' || " ~ crm.shown('score_text')],
      ["survey_type = 'nps' and score not between 0 and 10", "'score out of range 0 to 10: ' || " ~ crm.shown('score_text')],
    ]
  ) }} as fault
from typed
