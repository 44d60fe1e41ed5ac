select source, record_key
from {{ ref('stg_loyalty_points') }}
where points < 0
