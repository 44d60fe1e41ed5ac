{#
  Fails for amounts in another currency than the shop's: they are never added up without a dated rate. `at` is the column
  with the record's instant; without it, any currency that the shop has had will do.
#}
{% test in_shop_currency(model, column_name, at=none) %}
  {%- set day = base.shop_day(at) if at is not none else none %}
  select source, record_key, {{ column_name }} as currency
  from {{ model }}
  where not ({{ base.is_shop_currency(column_name, day) }})
{% endtest %}
