-- A customer who stands in the list twice would count twice; one in a segment that nobody knows would count in none.
select source, record_key, customer_id, segment
from {{ ref('stg_customers') }}
where customer_id is null
  or segment not in ('diy_builder', 'professional_shop', 'enthusiast_collector', 'first_time_builder', 'racing_enthusiast')
union all
select source, record_key, customer_id, segment
from {{ ref('stg_customers') }}
qualify count(*) over (partition by customer_id) > 1
