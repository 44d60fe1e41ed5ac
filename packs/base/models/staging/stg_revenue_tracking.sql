with records as (
  {{ base.latest_records('revenue_tracking', [
    'revenue_id', 'revenue_date', 'user_id', 'subscription_id', 'revenue_type', 'amount', 'currency', 'tier', 'billing_period'
  ]) }}
)

select
  source,
  key as record_key,
  revenue_id,
  {{ base.instant('revenue_date') }} as revenue_at,
  user_id as customer_id,
  subscription_id,
  revenue_type,
  {{ base.shop_money('amount', 'currency', base.instant('revenue_date')) }} as amount,
  currency,
  tier,
  billing_period
from records
