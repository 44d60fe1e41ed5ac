-- The same leads and opportunities in three models, counted three times the same.
with funnel as (
  select facility_id, month, sum(leads) as leads from {{ ref('conversion_funnel') }} where stage_order = 1 group by facility_id, month
),

cohorts as (
  select facility_id, cohort_month as month, leads from {{ ref('cohort_retention') }} where months_since_cohort = 0
)

select pipeline.facility_id, pipeline.month
from {{ ref('pipeline_kpis') }} as pipeline
left join funnel on funnel.facility_id = pipeline.facility_id and funnel.month = pipeline.month
left join cohorts on cohorts.facility_id = pipeline.facility_id and cohorts.month = pipeline.month
where coalesce(funnel.leads, 0) <> pipeline.leads or coalesce(cohorts.leads, pipeline.leads) <> pipeline.leads
