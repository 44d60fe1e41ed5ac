-- Nobody can have bought before the shop was recommended to them.
select source, record_key
from {{ ref('stg_referrals') }}
where has_unreadable_times or converted_at < referred_at
