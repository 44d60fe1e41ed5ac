-- A shop without a readable registration counts on no day; one with an unreadable activation would look as if it had none.
select source, record_key, shop_id
from {{ ref('stg_shops') }}
where registered_at is null
  or has_unreadable_times
  or activated_at < registered_at
