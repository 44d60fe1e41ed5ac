-- One row a facility and month with the headline of each subject; null where a subject has no row of that month.
{%- set subjects = {
  'pipeline_kpis': ['leads', 'lead_value', 'opportunities', 'amount', 'won_amount', 'weighted_amount'],
  'revenue_kpis': ['invoiced', 'collected', 'outstanding'],
  'outreach_kpis': ['sent', 'response_rate_pct'],
  'compliance_kpis': ['reviewed', 'compliance_rate_pct'],
  'health_scores': ['sla_score', 'satisfaction_score', 'overall_score', 'health_status'],
} %}
with months as (
  {%- for subject in subjects %}
  select facility_id, month from {{ ref(subject) }} where facility_id <> 'all'
  {{ "union" if not loop.last }}
  {%- endfor %}
)

select
  months.facility_id,
  months.month,
  {%- for subject, columns in subjects.items() %}
  {%- for column in columns %}
  {{ subject }}.{{ column }},
  {%- endfor %}
  {%- endfor %}
  greatest({% for subject in subjects %}{{ subject }}.updated_at{{ ", " if not loop.last }}{% endfor %}) as updated_at
from months
{%- for subject in subjects %}
left join {{ ref(subject) }} as {{ subject }} on {{ subject }}.facility_id = months.facility_id and {{ subject }}.month = months.month
{%- endfor %}
