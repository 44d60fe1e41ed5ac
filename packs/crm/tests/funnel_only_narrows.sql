-- Who reached a stage had reached the one before; the first stage has all leads.
select facility_id, month, funnel_stage from {{ ref('conversion_funnel') }} where reached_next > reached or (stage_order = 1 and reached <> leads)
union all
select facility_id, cohort_month, 'cohort' from {{ ref('cohort_retention') }}
where reached_won > reached_opportunity or reached_opportunity > reached_sql or reached_sql > leads or retained > leads
