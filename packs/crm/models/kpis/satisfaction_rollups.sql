-- CSAT and NPS apart, by the month in which they were answered. A change is against the month before, null where that has no answers.
with counted as (
  select
    coalesce(facility_id, 'all') as facility_id,
    survey_type,
    cohort_month as month,
    count(*) as responses,
    cast(sum(score) as bigint) as score_sum,
    case when survey_type = 'nps' then count(*) filter (where is_promoter) end as promoters,
    case when survey_type = 'nps' then count(*) filter (where is_passive) end as passives,
    case when survey_type = 'nps' then count(*) filter (where is_detractor) end as detractors,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_satisfaction') }}
  group by grouping sets ((facility_id, survey_type, cohort_month), (survey_type, cohort_month))
),

rated as (
  select
    *,
    {{ crm.divide('score_sum', 'responses') }} as average_score,
    {{ crm.percent('promoters', 'responses') }} as promoter_rate_pct,
    {{ crm.percent('detractors', 'responses') }} as detractor_rate_pct,
    {{ crm.percent('(promoters - detractors)', 'responses') }} as nps
  from counted
)

select
  rated.facility_id,
  rated.survey_type,
  rated.month,
  rated.responses,
  rated.score_sum,
  rated.average_score,
  rated.promoters,
  rated.passives,
  rated.detractors,
  rated.promoter_rate_pct,
  rated.detractor_rate_pct,
  rated.nps,
  cast(rated.average_score - earlier.average_score as decimal(18, 6)) as average_score_change,
  cast(rated.nps - earlier.nps as decimal(18, 6)) as nps_change,
  greatest(rated.updated_at, earlier.updated_at) as updated_at
from rated
left join rated as earlier
  on earlier.facility_id = rated.facility_id
  and earlier.survey_type = rated.survey_type
  and earlier.month = cast(rated.month - interval '1 month' as date)
