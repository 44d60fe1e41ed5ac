with records as (
  {{ base.latest_records('subscriptions', [
    'subscription_id', 'customer_id', 'starts_at', 'ends_at', 'cancelled_at', 'trial_ends_at', 'paused_at', 'resumes_at', 'plan',
    'billing_interval', 'quantity', 'amount', 'currency'
  ]) }}
)

{%- set instants = ['ends_at', 'cancelled_at', 'trial_ends_at', 'paused_at', 'resumes_at'] %}

select
  source,
  key as record_key,
  subscription_id,
  customer_id,
  {{ base.instant('starts_at') }} as starts_at,
  {%- for name in instants %}
  {{ base.instant(name) }} as {{ name }},
  {%- endfor %}
  plan,
  coalesce(billing_interval, 'month') as billing_interval,
  case when quantity is null then 1 else {{ base.whole_number('quantity') }} end as quantity,
  {{ base.shop_money('amount', 'currency', base.instant('starts_at')) }} as amount,
  currency,
  coalesce(trim(amount), '') <> '' as has_amount,
  (
    {%- for name in instants %}
    coalesce(trim({{ name }}), '') <> '' and ({{ base.instant(name) }}) is null{{ " or" if not loop.last }}
    {%- endfor %}
  ) as has_unreadable_instants
from records
