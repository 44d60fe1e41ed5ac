select *
from {{ ref('sales_metrics_daily') }}
qualify metric_on = max(metric_on) over ()
