{#
  Money text in major units ("129.95") as a whole number of the currency's minor units (12995), exactly: the text goes
  through DECIMAL, never through a float. Text that is not a plain decimal number ("12,34", "1e3", "$5") or that has more
  decimal places than the currency is null, and the test `readable_money` reports it.
#}
{% macro minor_units(text) -%}
  {{ return(adapter.dispatch('minor_units', 'base')(text)) }}
{%- endmacro %}

{% macro duckdb__minor_units(text) -%}
  {%- set exponent = var('assay_currency_exponent') | int -%}
  {%- set fraction = '[.][0-9]{1,' ~ exponent ~ '}0*' if exponent else '[.]0+' -%}
  case
    when regexp_full_match({{ text }}, '-?[0-9]{1,15}({{ fraction }})?')
      then try_cast(cast({{ text }} as decimal(38, {{ exponent }})) * {{ 10 ** exponent }} as bigint)
  end
{%- endmacro %}


{# Money in the shop's own currency; an amount in another currency is null, never added up with the rest. #}
{% macro shop_money(text, currency) -%}
  case when {{ currency }} = {{ base.quoted(var('assay_currency')) }} then {{ base.minor_units(text) }} end
{%- endmacro %}


{# A string literal. #}
{% macro quoted(text) -%}
  '{{ text | string | replace("'", "''") }}'
{%- endmacro %}
