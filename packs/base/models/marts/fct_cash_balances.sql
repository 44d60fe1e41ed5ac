with balances as (
  select
    balance_id,
    {{ base.shop_day('counted_at') }} as counted_on,
    counted_at,
    account,
    balance,
    lead({{ base.shop_day('counted_at') }}) over (partition by account order by counted_at, balance_id) as next_on
  from {{ ref('stg_cash_balances') }}
)

select balance_id, counted_on, counted_at, account, balance
from balances

union all

-- A balance holds for 35 days; then nobody knows what is there, until the next one. An account that is empty stays so.
select
  balance_id || ' too old' as balance_id,
  counted_on + 36 as counted_on,
  counted_at + to_hours(36 * 24 + 2) as counted_at, -- within that day, whatever the clocks did meanwhile
  account,
  cast(null as bigint) as balance
from balances
where coalesce(balance, 1) <> 0 and (next_on is null or next_on > counted_on + 36)
