with records as (
  {{ base.latest_records('time_savings', ['entry_id', 'saved_at', 'category', 'minutes']) }}
)

select
  source,
  key as record_key,
  entry_id,
  {{ base.instant('saved_at') }} as saved_at,
  category,
  {{ base.whole_number('minutes') }} as minutes
from records
