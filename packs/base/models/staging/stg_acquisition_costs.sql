with records as (
  {{ base.latest_records('acquisition_costs', [
    'cost_id', 'cost_date', 'cost_type', 'amount', 'currency', 'channel', 'description', 'covers_from', 'covers_until'
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
  {{ base.ad_platform('channel') }} as channel,
  description,
  {{ base.instant('covers_from') }} as covers_from,
  {{ base.instant('covers_until') }} as covers_until,
  (coalesce(trim(covers_from), '') <> '' and {{ base.instant('covers_from') }} is null)
  or (coalesce(trim(covers_until), '') <> '' and {{ base.instant('covers_until') }} is null) as has_unreadable_days
from records
