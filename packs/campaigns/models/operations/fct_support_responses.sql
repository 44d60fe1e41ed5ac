select
  conversation_id,
  {{ base.shop_day('opened_at') }} as opened_on,
  opened_at,
  channel,
  first_response_at,
  {{ base.divide_exactly('(epoch_us(first_response_at) - epoch_us(opened_at))', '3600000000') }} as hours_to_response
from {{ ref('stg_conversations') }}
