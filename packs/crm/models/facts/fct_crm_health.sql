-- The health scores by the first day of their month: a number of the model's own for each facility, and for `all` of them.
select
  facility_id,
  month,
  compliance_score,
  pipeline_score,
  conversion_score,
  sla_score,
  satisfaction_score,
  overall_score,
  health_status,
  updated_at
from {{ ref('health_scores') }}
