-- Where the leads of a month stood at the end of each month since, by the first day of the month in which they came.
select
  facility_id,
  cohort_month,
  months_since_cohort,
  leads,
  retained,
  reached_sql,
  reached_opportunity,
  reached_won,
  updated_at
from {{ ref('cohort_retention') }}
