-- An opportunity belongs to a lead. One whose lead is in quarantine is no orphan: that lead is told by itself.
with records as materialized (
  {{ crm.records('opportunities', [
    'opportunity_id', 'lead_id', 'facility_id', 'rep_id', 'channel', 'stage', 'amount', 'currency', 'win_probability', 'opened_at', 'closed_at', 'updated_at'
  ]) }}
),

repeated as (
  select opportunity_id from records where opportunity_id is not null group by opportunity_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    opportunity_id,
    lead_id,
    facility_id,
    rep_id,
    channel,
    stage,
    amount as amount_text,
    {{ crm.money('amount', 'currency', crm.instant('opened_at')) }} as amount,
    win_probability as win_probability_text,
    {{ crm.decimal_number('win_probability') }} as win_probability,
    {{ crm.instant('opened_at') }} as opened_at,
    opened_at as opened_at_text,
    {{ crm.instant('closed_at') }} as closed_at,
    closed_at as closed_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  opportunity_id,
  lead_id,
  facility_id,
  rep_id,
  channel,
  stage,
  amount,
  win_probability,
  opened_at,
  closed_at,
  coalesce(updated_at, greatest(opened_at, closed_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('opportunity_id', ['opened_at'], ['closed_at'])
    + [
      crm.unknown('stage', ['opportunity', 'won', 'lost']),
      ["stage in ('won', 'lost') and closed_at_text is null", "'stage ' || stage || ' without closed_at'"],
      ["closed_at < opened_at", "'closed before it was opened'"],
      ["lead_id is null", "'orphan opportunity: it names no lead'"],
      ["win_probability > 1", "'probability over 1: ' || " ~ crm.shown('win_probability_text')],
      ["win_probability < 0", "'negative probability: ' || " ~ crm.shown('win_probability_text')],
      ["win_probability is null and win_probability_text is not null", "'win_probability is no number: ' || " ~ crm.shown('win_probability_text')],
    ]
    + crm.orphan('opportunity', 'lead_id', ref('judged_leads'))
    + crm.bad_amounts('amount')
  ) }} as fault
from typed
