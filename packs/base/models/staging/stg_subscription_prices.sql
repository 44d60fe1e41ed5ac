with records as (
  {{ base.latest_records('subscription_prices', [
    'plan', 'billing_interval', 'amount', 'currency', 'valid_from'
  ]) }}
)

select
  source,
  key as record_key,
  plan,
  billing_interval,
  {{ base.shop_money('amount', 'currency') }} as amount,
  currency,
  {{ base.instant('valid_from') }} as valid_from
from records
