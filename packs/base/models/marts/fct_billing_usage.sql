select usage_id, {{ base.shop_day('used_at') }} as used_on, used_at, customer_id, metric, quantity, amount
from {{ ref('stg_billing_usage') }}
