select row_id, reason from {{ ref('crm_quarantine') }} where stream = 'leads'
union all
-- read, so that the failure speaks against these records and no others
select null, null from {{ ref('stg_leads') }} where 1 = 0
