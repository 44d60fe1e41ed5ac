-- With the factors as they come, an opportunity is worth no less in a better scenario, and never more than its amount.
select opportunity_id
from {{ ref('fct_crm_opportunities') }}
where weighted_pessimistic > weighted_base or weighted_base > weighted_optimistic or weighted_optimistic > amount or weighted_pessimistic < 0
