-- How far the leads of each month had come at any time since.
{% snapshot conversion_funnel_snapshot %}
{{ config(unique_key=['facility_id', 'rep_id', 'month', 'funnel_stage'], strategy='timestamp', updated_at='updated_at') }}
{{ crm.as_it_moved(ref('conversion_funnel'), ['facility_id', 'rep_id', 'month', 'funnel_stage']) }}
{% endsnapshot %}
