-- What was believed of each facility's and month's pipeline, and from when to when, by the snapshot. It stands in Assay alone: in the
-- pack's folder the models are run before any snapshot is taken.
--
-- A row of the pipeline begins with its first opportunity. Where the snapshot's first version of it begins on a later day, nobody
-- knows what was believed at the ends of the days between: a version without amounts says so, and withholds these days.
{{ config(enabled=target.name == 'warehouse') }}
with versions as (
  select
    facility_id,
    month,
    amount,
    weighted_amount,
    timezone('UTC', dbt_valid_from) as believed_from,
    timezone('UTC', dbt_valid_to) as believed_until,
    true as is_known
  from {{ ref('pipeline_kpi_snapshot') }}
),

first_versions as (
  select facility_id, month, min(believed_from) as believed_from
  from versions
  group by facility_id, month
),

first_opportunities as (
  select facility_id, cohort_month as month, min(opened_at) as opened_at
  from {{ ref('fct_crm_opportunities') }}
  group by facility_id, cohort_month
),

unknown as (
  select
    first_versions.facility_id,
    first_versions.month,
    cast(null as bigint) as amount,
    cast(null as bigint) as weighted_amount,
    opened_at as believed_from,
    -- the end of the day before the first version's, so that the day on which it begins is told
    timezone({{ crm.zone_at('believed_from') }}, cast({{ crm.day_of('believed_from') }} as timestamp)) - interval 1 microsecond as believed_until,
    false as is_known
  from first_versions
  join first_opportunities on first_opportunities.facility_id = first_versions.facility_id
    and first_opportunities.month = first_versions.month
  where {{ crm.day_of('opened_at') }} < {{ crm.day_of('believed_from') }}
)

select
  facility_id,
  month,
  {{ crm.day_of('believed_from') }} as believed_on,
  amount,
  weighted_amount,
  is_known,
  believed_from,
  believed_until
from versions
union all
select facility_id, month, {{ crm.day_of('believed_from') }} as believed_on, amount, weighted_amount, is_known, believed_from, believed_until
from unknown
