-- Two balances of one account and day contradict each other, and one in another currency cannot be added up.
select source, record_key, account
from {{ ref('stg_cash_balances') }}
where not ({{ base.is_shop_currency('currency', base.shop_day('counted_at')) }})
union all
select source, record_key, account
from {{ ref('stg_cash_balances') }}
qualify count(*) over (partition by account, {{ base.shop_day('counted_at') }}) > 1
