-- More opens or clicks than messages, and one campaign's day from two sources, would make rates that cannot be.
select source, record_key
from {{ ref('stg_email_campaigns') }}
where delivered is null or opens is null or clicks is null or least(delivered, opens, clicks, conversions) < 0 or greatest(opens, clicks, conversions) > delivered
union all
select source, record_key
from {{ ref('stg_email_campaigns') }}
qualify count(distinct source) over (partition by campaign, sent_at) > 1
