{#
  Money text in major units ("129.95") as a whole number of the currency's minor units (12995), exactly: the text goes
  through DECIMAL, never through a float. Text that is not a plain decimal number ("12,34", "1e3", "$5") or that has more
  decimal places than the currency is null, and the test `readable_money` reports it. `currency` is SQL of the amount's
  currency, one of the shop's; without it, and in a shop that never changed it, the shop's newest.
#}
{% macro minor_units(text, currency=none) -%}
  {%- set exponents = {} -%}
  {%- for row in base.currencies_newest_first() %}{% do exponents.update({row.currency: row.exponent | int}) %}{% endfor -%}
  {%- if currency is none or exponents.values() | unique | list | length == 1 -%}
    {{ base.minor_units_of(text, var('assay_currency_exponent') | int) }}
  {%- else -%}
    case {{ currency }}
    {%- for code, exponent in exponents.items() %}
      when {{ base.quoted(code) }} then {{ base.minor_units_of(text, exponent) }}
    {%- endfor %}
    end
  {%- endif -%}
{%- endmacro %}


{# Money text as a whole number of minor units of a currency with so many decimal places. #}
{% macro minor_units_of(text, exponent) -%}
  {{ return(adapter.dispatch('minor_units_of', 'base')(text, exponent)) }}
{%- endmacro %}

{% macro duckdb__minor_units_of(text, exponent) -%}
  {%- set fraction = '[.][0-9]{1,' ~ exponent ~ '}0*' if exponent else '[.]0+' -%}
  {#- Text becomes a decimal of 18 digits some hundred times faster than a wider one, which the product needs. -#}
  {%- set amount = 'cast(' ~ text ~ ' as decimal(' ~ (18 if exponent <= 3 else 38) ~ ', ' ~ exponent ~ '))' %}
  case
    when regexp_full_match({{ text }}, '-?[0-9]{1,15}({{ fraction }})?')
      then try_cast(cast({{ amount }} as decimal(38, {{ exponent }})) * {{ 10 ** exponent }} as bigint)
  end
{%- endmacro %}


{#
  Money in the shop's own currency, that of the shop day of the instant `at`; an amount in another currency is null, never
  added up with the rest. A record without an instant of its own may be in any currency that the shop has had: the model
  that gives it a day compares its currency with `shop_currency`.
#}
{% macro shop_money(text, currency, at=none) -%}
  {%- set day = base.shop_day(at) if at is not none else none -%}
  case when {{ base.is_shop_currency(currency, day) }} then {{ base.minor_units(text, currency) }} end
{%- endmacro %}


{# Whether a currency is the shop's on a day; without a day, whether it is one that the shop has had. #}
{% macro is_shop_currency(currency, day=none) -%}
  {%- if day is none -%}
    {%- set codes = base.currencies_newest_first() | map(attribute='currency') | unique | list -%}
    {{ currency }} {% if codes | length == 1 %}= {{ base.quoted(codes[0]) }}{% else %}in (
      {%- for code in codes %}{{ base.quoted(code) }}{{ ", " if not loop.last }}{% endfor -%}
    ){% endif %}
  {%- else -%}
    {{ currency }} = {{ base.shop_currency(day) }}
  {%- endif -%}
{%- endmacro %}


{# The code of the shop's currency on a shop day. #}
{% macro shop_currency(day) -%}
  {%- set rows = base.currencies_newest_first() -%}
  {%- if rows | length == 1 -%}
    {{ base.quoted(rows[0].currency) }}
  {%- else -%}
    case
    {%- for row in rows %}
      {% if row.get('from') is not none %}when {{ day }} >= date {{ base.quoted(row['from']) }} then {% else %}else {% endif -%}
      {{ base.quoted(row.currency) }}
    {%- endfor %}
    end
  {%- endif -%}
{%- endmacro %}


{#
  Whether all records of an order in these staging models are in one currency: amounts in several are never compared. The
  customer of a shop that changed its currency may be refunded in another one than was captured.
#}
{% macro in_one_currency(order_id, models) -%}
  {%- if base.currencies_newest_first() | length == 1 -%}
    true
  {%- else -%}
    {{ order_id }} not in (
      select order_id
      from (
        {%- for model in models %}
        select order_id, currency from {{ ref(model) }} where order_id is not null
        {{- " union all" if not loop.last }}
        {%- endfor %}
      ) as amounts
      group by order_id
      having count(distinct currency) > 1
    )
  {%- endif -%}
{%- endmacro %}


{# The shop's dated currencies, newest first: `assay_currencies`, or the only one. #}
{% macro currencies_newest_first() %}
  {%- set only = {'from': none, 'currency': var('assay_currency'), 'exponent': var('assay_currency_exponent')} -%}
  {{ return(var('assay_currencies', [only]) | reverse | list) }}
{% endmacro %}


{# A string literal. #}
{% macro quoted(text) -%}
  '{{ text | string | replace("'", "''") }}'
{%- endmacro %}
