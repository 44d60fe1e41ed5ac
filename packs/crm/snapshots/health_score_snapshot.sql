-- What the health of each month was thought to be at any time since.
{% snapshot health_score_snapshot %}
{{ config(unique_key=['facility_id', 'month'], strategy='timestamp', updated_at='updated_at') }}
{{ crm.as_it_moved(ref('health_scores'), ['facility_id', 'month']) }}
{% endsnapshot %}
