-- Minutes that cannot be read would be left out of the sum, and negative ones taken off it.
select source, record_key, entry_id
from {{ ref('stg_time_savings') }}
where saved_at is null
  or category is null or category not in ('reporting', 'inventory', 'support', 'fulfillment', 'marketing')
  or minutes is null
  or minutes < 0
