with records as (
  {{ base.latest_records('spend', [
    'spend_date', 'platform', 'campaign', 'spend_cents', 'currency', 'impressions', 'clicks', 'conversions'
  ]) }}
)

select
  source,
  key as record_key,
  {{ base.instant('spend_date') }} as spend_at,
  {{ base.ad_platform('platform') }} as platform,
  coalesce(campaign, '') as campaign,
  -- cents are the currency's minor units already
  case when {{ base.is_shop_currency('currency', base.shop_day(base.instant('spend_date'))) }} then {{ base.whole_number('spend_cents') }} end as amount,
  currency,
  {{ base.whole_number('impressions') }} as impressions,
  {{ base.whole_number('clicks') }} as clicks,
  {{ base.whole_number('conversions') }} as conversions
from records
