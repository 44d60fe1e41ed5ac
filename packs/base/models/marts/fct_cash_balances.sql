select balance_id, {{ base.shop_day('counted_at') }} as counted_on, counted_at, account, balance
from {{ ref('stg_cash_balances') }}
