select source, record_key
from {{ ref('stg_social_posts') }}
where impressions is null or engagements is null or least(impressions, engagements, clicks) < 0
