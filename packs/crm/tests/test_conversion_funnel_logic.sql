select lead_id, stage from {{ ref('fct_crm_leads') }} where stage not in ('lead', 'sql', 'opportunity', 'won', 'lost') or stage is null
union all
select facility_id, funnel_stage from {{ ref('conversion_funnel') }} where funnel_stage not in ('lead', 'sql', 'opportunity', 'won')
