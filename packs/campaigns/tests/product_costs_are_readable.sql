-- A cost that cannot be read, or in another currency, would be taken for one that nobody stated.
select source, record_key
from {{ ref('stg_product_terms') }}
where unit_cost < 0 or (has_unit_cost and unit_cost is null)
