with records as (
  {{ base.latest_records('billing_usage', [
    'usage_id', 'usage_date', 'user_id', 'metric', 'quantity', 'amount', 'currency'
  ]) }}
)

select
  source,
  key as record_key,
  usage_id,
  {{ base.instant('usage_date') }} as used_at,
  user_id as customer_id,
  metric,
  {{ base.whole_number('quantity') }} as quantity,
  {{ base.shop_money('amount', 'currency', base.instant('usage_date')) }} as amount,
  currency
from records
