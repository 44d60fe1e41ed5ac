select user_id, {{ base.shop_day('signed_up_at') }} as signed_up_on, signed_up_at, channel
from {{ ref('stg_users') }}
