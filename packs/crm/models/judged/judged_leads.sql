-- How far a lead came is read from its instants: one that was lost may have been qualified before, and a funnel counts it there.
with records as materialized (
  {{ crm.records('leads', [
    'lead_id', 'facility_id', 'rep_id', 'channel', 'stage', 'value', 'currency', 'created_at', 'qualified_at', 'opportunity_at', 'closed_at', 'updated_at'
  ]) }}
),

repeated as (
  select lead_id from records where lead_id is not null group by lead_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    lead_id,
    facility_id,
    rep_id,
    channel,
    stage,
    value as value_text,
    {{ crm.money('value', 'currency', crm.instant('created_at')) }} as value,
    {{ crm.instant('created_at') }} as created_at,
    created_at as created_at_text,
    {{ crm.instant('qualified_at') }} as qualified_at,
    qualified_at as qualified_at_text,
    {{ crm.instant('opportunity_at') }} as opportunity_at,
    opportunity_at as opportunity_at_text,
    {{ crm.instant('closed_at') }} as closed_at,
    closed_at as closed_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  lead_id,
  facility_id,
  rep_id,
  channel,
  stage,
  value,
  created_at,
  qualified_at,
  opportunity_at,
  closed_at,
  coalesce(updated_at, greatest(created_at, qualified_at, opportunity_at, closed_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('lead_id', ['created_at'], ['qualified_at', 'opportunity_at', 'closed_at'])
    + [
      crm.unknown('stage', ['lead', 'sql', 'opportunity', 'won', 'lost']),
      ["stage in ('sql', 'opportunity', 'won') and qualified_at_text is null", "'stage ' || stage || ' without qualified_at'"],
      ["stage in ('opportunity', 'won') and opportunity_at_text is null", "'stage ' || stage || ' without opportunity_at'"],
      ["opportunity_at_text is not null and qualified_at_text is null", "'an opportunity that was never qualified'"],
      ["stage in ('won', 'lost') and closed_at_text is null", "'stage ' || stage || ' without closed_at'"],
      ["qualified_at < created_at", "'qualified before it was created'"],
      ["opportunity_at < qualified_at", "'an opportunity before it was qualified'"],
      ["closed_at < greatest(created_at, qualified_at, opportunity_at)", "'closed before it came so far'"],
    ]
    + crm.bad_amounts('value')
  ) }} as fault
from typed
