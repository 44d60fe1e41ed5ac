with records as (
  {{ base.latest_records('social_posts', [
    'post_id', 'posted_at', 'platform', 'campaign', 'impressions', 'engagements', 'clicks'
  ]) }}
)

select
  source,
  key as record_key,
  post_id,
  {{ base.instant('posted_at') }} as posted_at,
  {{ base.ad_platform('platform') }} as platform,
  coalesce(nullif(trim(campaign), ''), '') as campaign,
  {{ base.whole_number('impressions') }} as impressions,
  {{ base.whole_number('engagements') }} as engagements,
  {{ base.whole_number('clicks') }} as clicks
from records
