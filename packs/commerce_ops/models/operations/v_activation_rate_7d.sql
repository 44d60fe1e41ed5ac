select day, shops_activated_7d, total_shops_7d, activation_rate_7d_avg
from {{ ref('shop_activation_metrics') }}
qualify row_number() over (order by day desc) = 1
