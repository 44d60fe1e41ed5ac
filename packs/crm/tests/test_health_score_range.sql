select *
from {{ ref('health_scores') }}
where overall_score not between 0 and 100
  or health_status not in ('excellent', 'good', 'fair', 'poor')
  or (overall_score is null) <> (health_status is null)
