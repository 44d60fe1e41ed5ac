with records as (
  {{ base.latest_records('assay_queries', [
    'query_id', 'asked_at', 'kind', 'subject', 'success', 'cache_hit', 'asks', 'milliseconds'
  ]) }}
),

queries as (
  select *, {{ base.instant('asked_at') }} as asked_instant from records
)

select
  query_id,
  {{ base.shop_day('asked_instant') }} as asked_on,
  asked_instant as asked_at,
  kind,
  subject,
  {{ base.truth('success') }} as success,
  {{ base.truth('cache_hit') }} as cache_hit,
  {{ base.whole_number('asks') }} as asks,
  try_cast(milliseconds as decimal(18, 3)) as milliseconds
from queries
