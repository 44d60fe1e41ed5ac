with records as (
  {{ base.latest_records('email_campaigns', [
    'campaign', 'sent_on', 'delivered', 'opens', 'clicks', 'conversions'
  ]) }}
)

select
  source,
  key as record_key,
  nullif(trim(campaign), '') as campaign,
  {{ base.instant('sent_on') }} as sent_at,
  {{ base.whole_number('delivered') }} as delivered,
  {{ base.whole_number('opens') }} as opens,
  {{ base.whole_number('clicks') }} as clicks,
  {{ base.whole_number('conversions') }} as conversions
from records
