{# Fails for rows that share a key, and for rows that lack a part of it. #}
{% test one_row_a_key(model, key) %}
  select {{ key | join(', ') }}, count(*) as rows_of_key
  from {{ model }}
  group by {{ key | join(', ') }}
  having count(*) > 1 or {{ key | join(' is null or ') }} is null
{% endtest %}
