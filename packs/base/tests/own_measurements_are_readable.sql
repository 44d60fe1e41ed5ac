-- A measurement without its instant would count on no day.
{% set days = {
  'fct_assay_queries': 'asked_on',
  'fct_assay_runs': 'started_on',
  'fct_assay_source_calls': 'called_on',
  'fct_assay_checks': 'began_on',
  'fct_assay_freshness': 'began_on',
  'fct_assay_missing_fields': 'measured_on',
} %}
{% for model, day in days.items() %}
select '{{ model }}' as model, count(*) as faulty from {{ ref(model) }} where {{ day }} is null having count(*) > 0
{{ 'union all' if not loop.last }}
{% endfor %}
