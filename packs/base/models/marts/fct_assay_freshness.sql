-- One row for each stretch of time without an interruption in which a stream was updated in time. It is in time until
-- `in_time_until`, and known until the next stretch begins.
with records as (
  {{ base.latest_records('assay_freshness', [
    'stream', 'since', 'status', 'complete_until', 'newest_load', 'expected_hours', 'acceptable_until', 'owner'
  ]) }}
),

stretches as (
  select
    key as stretch_id,
    {{ base.instant('since') }} as began_at,
    lead({{ base.instant('since') }}) over (partition by stream order by {{ base.instant('since') }}, key) as replaced_at,
    {{ base.instant('acceptable_until') }} as acceptable_until,
    stream,
    owner,
    status,
    {{ base.instant('complete_until') }} as complete_until,
    {{ base.instant('newest_load') }} as newest_load,
    try_cast(expected_hours as decimal(18, 3)) as expected_hours
  from records
)

select
  stretch_id,
  {{ base.shop_day('began_at') }} as began_on,
  began_at,
  replaced_at,
  -- `least` leaves nulls out
  case when acceptable_until is null then began_at else least(acceptable_until, replaced_at) end as in_time_until,
  stream,
  owner,
  status,
  complete_until,
  newest_load,
  expected_hours
from stretches
