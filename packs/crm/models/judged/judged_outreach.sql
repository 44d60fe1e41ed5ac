-- Outreach may go to somebody who is no lead yet; a lead that it names has to exist.
with records as materialized (
  {{ crm.records('outreach', [
    'outreach_id', 'lead_id', 'facility_id', 'rep_id', 'channel', 'sent_at', 'responded_at', 'converted_at', 'updated_at'
  ]) }}
),

repeated as (
  select outreach_id from records where outreach_id is not null group by outreach_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    outreach_id,
    lead_id,
    facility_id,
    rep_id,
    channel,
    {{ crm.instant('sent_at') }} as sent_at,
    sent_at as sent_at_text,
    {{ crm.instant('responded_at') }} as responded_at,
    responded_at as responded_at_text,
    {{ crm.instant('converted_at') }} as converted_at,
    converted_at as converted_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  outreach_id,
  lead_id,
  facility_id,
  rep_id,
  channel,
  sent_at,
  responded_at,
  converted_at,
  coalesce(updated_at, greatest(sent_at, responded_at, converted_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('outreach_id', ['sent_at'], ['responded_at', 'converted_at'])
    + [
      ["channel is null", "'channel is missing'"],
      ["responded_at < sent_at", "'answered before it was sent'"],
      ["converted_at < sent_at", "'converted before it was sent'"],
      ["converted_at_text is not null and responded_at_text is null", "'converted without a response'"],
    ]
    + crm.orphan('outreach', 'lead_id', ref('judged_leads'))
  ) }} as fault
from typed
