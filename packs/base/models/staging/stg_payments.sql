with records as (
  {{ base.latest_records('payments', [
    'payment_id', 'order_id', 'customer_id', 'amount', 'currency', 'paid_at', 'kind', 'is_test'
  ]) }}
)

select
  source,
  key as record_key,
  payment_id,
  order_id,
  customer_id,
  {{ base.shop_money('amount', 'currency', base.instant('paid_at')) }} as amount,
  currency,
  {{ base.instant('paid_at') }} as paid_at,
  kind,
  {{ base.truth('is_test') }} as is_test
from records
