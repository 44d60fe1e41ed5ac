select entry_id, {{ base.shop_day('cost_at') }} as cost_on, cost_at, cost_type, amount
from {{ ref('stg_cogs_entries') }}
