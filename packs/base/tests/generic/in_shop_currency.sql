{# Fails for amounts in another currency than the shop's: they are never added up without a dated rate. #}
{% test in_shop_currency(model, column_name) %}
  select source, record_key, {{ column_name }} as currency
  from {{ model }}
  where {{ column_name }} <> {{ base.quoted(var('assay_currency')) }}
{% endtest %}
