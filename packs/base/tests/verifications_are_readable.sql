-- One that ended before it began, or both ways, has no length and no result; two of one order would count its buyer twice.
select source, record_key
from {{ ref('stg_verifications') }}
where has_unreadable_times or least(completed_at, failed_at) < requested_at or (completed_at is not null and failed_at is not null)
union all
select source, record_key
from {{ ref('stg_verifications') }}
qualify count(*) over (partition by order_id) > 1
