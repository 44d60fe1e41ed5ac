-- No record gets lost between its source and the KPIs: it is counted, or it stands in quarantine.
{%- for entity in ['leads', 'opportunities', 'tickets', 'satisfaction', 'applications', 'invoices', 'outreach'] %}
select '{{ entity }}' as stream
where (select count(*) from {{ ref('judged_' ~ entity) }})
  <> (select count(*) from {{ ref('stg_' ~ entity) }}) + (select count(*) from {{ ref('crm_quarantine') }} where stream = '{{ entity }}')
{{ "union all" if not loop.last }}
{%- endfor %}
