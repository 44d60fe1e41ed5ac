-- Counts that are no whole numbers would be left out, and negative ones taken off.
select source, record_key
from {{ ref('stg_spend') }}
where impressions < 0 or clicks < 0 or conversions < 0
union all
-- one campaign and day from two sources is one dollar twice
select source, record_key
from {{ ref('stg_spend') }}
qualify count(distinct source) over (partition by platform, campaign, spend_at) > 1
