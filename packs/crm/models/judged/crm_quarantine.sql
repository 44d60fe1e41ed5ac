-- What the KPIs leave out, and why. One row a record; the reason names every fault of it.
{%- set entities = {
  'leads': 'lead_id', 'opportunities': 'opportunity_id', 'tickets': 'ticket_id', 'satisfaction': 'response_id',
  'applications': 'application_id', 'invoices': 'invoice_id', 'outreach': 'outreach_id'
} %}
{%- for entity, identity in entities.items() %}
select
  '{{ entity }}' as stream,
  source,
  record_key,
  {{ identity }} as row_id,
  facility_id,
  updated_at,
  fault as reason
from {{ ref('judged_' ~ entity) }}
where fault is not null
{{ "union all" if not loop.last }}
{%- endfor %}
