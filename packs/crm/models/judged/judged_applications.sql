-- An application complies when its review approves it.
with records as materialized (
  {{ crm.records('applications', [
    'application_id', 'facility_id', 'rep_id', 'status', 'submitted_at', 'reviewed_at', 'updated_at'
  ]) }}
),

repeated as (
  select application_id from records where application_id is not null group by application_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    application_id,
    facility_id,
    rep_id,
    status,
    {{ crm.instant('submitted_at') }} as submitted_at,
    submitted_at as submitted_at_text,
    {{ crm.instant('reviewed_at') }} as reviewed_at,
    reviewed_at as reviewed_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  application_id,
  facility_id,
  rep_id,
  status,
  submitted_at,
  reviewed_at,
  coalesce(updated_at, greatest(submitted_at, reviewed_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('application_id', ['submitted_at'], ['reviewed_at'])
    + [
      crm.unknown('status', ['submitted', 'approved', 'rejected']),
      ["status in ('approved', 'rejected') and reviewed_at_text is null", "'status ' || status || ' without reviewed_at'"],
      ["status = 'submitted' and reviewed_at_text is not null", "'reviewed without a decision'"],
      ["reviewed_at < submitted_at", "'reviewed before it was submitted'"],
    ]
  ) }} as fault
from typed
