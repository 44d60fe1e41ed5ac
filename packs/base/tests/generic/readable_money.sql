{# Fails for amounts that could not be read exactly, that are negative, or that name no currency. `at`: see `in_shop_currency`. #}
{% test readable_money(model, column_name, at=none) %}
  select source, record_key, {{ column_name }} as amount, currency
  from {{ model }}
  where coalesce(trim(currency), '') = ''
    or {{ column_name }} < 0
    -- an amount in another currency is null as well; that is the finding of `in_shop_currency`
    or ({{ column_name }} is null and {{ base.is_shop_currency('currency', base.shop_day(at) if at is not none else none) }})
{% endtest %}
