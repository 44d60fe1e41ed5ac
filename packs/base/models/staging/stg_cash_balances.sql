with records as (
  {{ base.latest_records('cash_balances', [
    'balance_id', 'balance_date', 'account', 'balance', 'currency'
  ]) }}
)

select
  source,
  key as record_key,
  balance_id,
  {{ base.instant('balance_date') }} as counted_at,
  coalesce(account, 'main') as account,
  {{ base.shop_money('balance', 'currency', base.instant('balance_date')) }} as balance,
  currency
from records
