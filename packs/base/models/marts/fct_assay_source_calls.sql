with records as (
  {{ base.latest_records('assay_source_calls', ['call_id', 'called_at', 'source_name', 'kind', 'success']) }}
),

calls as (
  select *, {{ base.instant('called_at') }} as called_instant from records
)

select
  call_id,
  {{ base.shop_day('called_instant') }} as called_on,
  called_instant as called_at,
  source_name,
  kind,
  {{ base.truth('success') }} as success
from calls
