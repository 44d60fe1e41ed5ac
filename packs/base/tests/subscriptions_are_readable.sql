-- Terms whose times contradict each other, or whose own price nobody can read, would be worth something else than they are.
select source, record_key, subscription_id, 'times or price' as fault
from {{ ref('stg_subscriptions') }}
where has_unreadable_instants
  or ends_at < starts_at
  or resumes_at < paused_at
  or (resumes_at is not null and paused_at is null)
  or (cancelled_at is not null and ends_at is null) -- when it ends is not for us to guess
  or quantity < 0
  or amount < 0
  or (has_amount and coalesce(trim(currency), '') = '')
  or (has_amount and amount is null and {{ base.is_shop_currency('currency', base.shop_day('starts_at')) }})
union all
-- two records of one beginning, or of two customers, would count one subscription twice
select source, record_key, subscription_id, 'beginning'
from {{ ref('stg_subscriptions') }}
qualify count(*) over (partition by subscription_id, starts_at) > 1
union all
select max(source), max(record_key), subscription_id, 'customer'
from {{ ref('stg_subscriptions') }}
group by subscription_id
having count(distinct customer_id) > 1
