select post_id, {{ base.shop_day('posted_at') }} as posted_on, posted_at, platform, campaign, impressions, engagements, clicks
from {{ ref('stg_social_posts') }}
