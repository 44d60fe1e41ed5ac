-- What the pipeline of each month looked like at any time since: `dbt_valid_from` <= then < `dbt_valid_to`.
{% snapshot pipeline_kpi_snapshot %}
{{ config(unique_key=['facility_id', 'month'], strategy='timestamp', updated_at='updated_at') }}
{{ crm.as_it_moved(ref('pipeline_kpis'), ['facility_id', 'month']) }}
{% endsnapshot %}
