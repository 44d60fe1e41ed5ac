with records as (
  {{ base.latest_records('operating_costs', [
    'cost_id', 'cost_date', 'cost_type', 'amount', 'currency', 'description'
  ]) }}
)

select
  source,
  key as record_key,
  cost_id,
  {{ base.instant('cost_date') }} as cost_at,
  cost_type,
  {{ base.shop_money('amount', 'currency', base.instant('cost_date')) }} as amount,
  currency,
  description
from records
