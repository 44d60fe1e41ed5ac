select entry_id, {{ base.shop_day('entered_at') }} as entered_on, entered_at, customer_id, kind, points, order_id
from {{ ref('stg_loyalty_points') }}
