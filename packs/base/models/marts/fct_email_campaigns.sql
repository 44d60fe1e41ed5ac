select source, record_key, {{ base.shop_day('sent_at') }} as sent_on, sent_at, campaign, delivered, opens, clicks, conversions
from {{ ref('stg_email_campaigns') }}
