-- Days that cannot be read, or that end before they begin, would leave a platform's spend in or out at random.
select source, record_key, cost_id
from {{ ref('stg_acquisition_costs') }}
where has_unreadable_days or covers_until < covers_from or (covers_until is not null and covers_from is null)
