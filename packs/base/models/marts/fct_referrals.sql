select referral_id, {{ base.shop_day('referred_at') }} as referred_on, referred_at, referrer_id, referred_id, converted_at, converted_at is not null as is_converted, order_id
from {{ ref('stg_referrals') }}
