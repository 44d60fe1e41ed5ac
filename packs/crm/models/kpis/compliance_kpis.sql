-- Applications of a facility: submitted by the month in which they came, compliance by the month of the review.
with submitted as (
  select facility_id, cohort_month as month, count(*) as submitted, max(updated_at) as updated_at
  from {{ ref('stg_applications') }}
  group by facility_id, cohort_month
),

reviewed as (
  select
    facility_id,
    reviewed_month as month,
    count(*) as reviewed,
    count(*) filter (where status = 'approved') as approved,
    max(updated_at) as updated_at
  from {{ ref('stg_applications') }}
  where reviewed_month is not null
  group by facility_id, reviewed_month
)

select
  coalesce(submitted.facility_id, reviewed.facility_id) as facility_id,
  coalesce(submitted.month, reviewed.month) as month,
  coalesce(submitted, 0) as submitted,
  coalesce(reviewed, 0) as reviewed,
  coalesce(approved, 0) as approved,
  {{ crm.percent('approved', 'reviewed') }} as compliance_rate_pct,
  greatest(submitted.updated_at, reviewed.updated_at) as updated_at
from submitted
full join reviewed on reviewed.facility_id = submitted.facility_id and reviewed.month = submitted.month
