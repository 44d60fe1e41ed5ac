{# The quotient of two whole numbers, without its fraction. #}
{% macro whole_quotient(numerator, denominator) -%}
  {{ return(adapter.dispatch('whole_quotient', 'crm')(numerator, denominator)) }}
{%- endmacro %}

{% macro duckdb__whole_quotient(numerator, denominator) -%}
  (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{% macro postgres__whole_quotient(numerator, denominator) -%}
  div({{ numerator }}, {{ denominator }})
{%- endmacro %}


{# The type of whole numbers that a product of two amounts fits in. #}
{% macro big() -%}
  {{ return(adapter.dispatch('big', 'crm')()) }}
{%- endmacro %}

{% macro duckdb__big() -%} hugeint {%- endmacro %}

{% macro postgres__big() -%} numeric {%- endmacro %}


{#
  numerator / denominator of whole numbers, rounded once, half-even, to six places; SQL's `/` would pass through a float.
  Null where the denominator is not above zero.
#}
{% macro divide(numerator, denominator) -%}
  {{ crm.millionths(crm.divide_whole('cast(' ~ numerator ~ ' as ' ~ crm.big() ~ ') * 1000000', denominator)) }}
{%- endmacro %}


{# numerator / denominator in percent. #}
{% macro percent(numerator, denominator) -%}
  {{ crm.divide('100 * cast(' ~ numerator ~ ' as ' ~ crm.big() ~ ')', denominator) }}
{%- endmacro %}


{#
  numerator / denominator of whole numbers as the nearest whole number, half-even; null where the denominator is not above zero.
  `whole` is the type to calculate in; where twice the numbers fit in a bigint, that is ten times faster.
#}
{% macro divide_whole(numerator, denominator, whole=none) -%}
  {%- set type = whole or crm.big() -%}
  {%- set top = 'cast(abs(' ~ numerator ~ ') as ' ~ type ~ ')' -%}
  {%- set bottom = 'cast(' ~ denominator ~ ' as ' ~ type ~ ')' -%}
  {%- set quotient = crm.whole_quotient(top, 'nullif(' ~ bottom ~ ', 0)') -%}
  {%- set rest = '(' ~ top ~ ' - ' ~ quotient ~ ' * ' ~ bottom ~ ')' -%}
  case
    when {{ denominator }} > 0 then
      (case when {{ numerator }} < 0 then -1 else 1 end) * (
        {{ quotient }} + case
          when 2 * {{ rest }} > {{ bottom }} then 1
          when 2 * {{ rest }} = {{ bottom }} then {{ quotient }} - 2 * {{ crm.whole_quotient(quotient, '2') }}
          else 0
        end
      )
  end
{%- endmacro %}


{# A whole number of millionths as a decimal number. #}
{% macro millionths(number) -%}
  cast(cast({{ number }} as decimal(18, 0)) * 0.000001 as decimal(18, 6))
{%- endmacro %}


{# A decimal number of at most six places as a whole number of millionths. #}
{% macro in_millionths(number) -%}
  cast(round(cast({{ number }} as decimal(30, 6)) * 1000000) as {{ crm.big() }})
{%- endmacro %}


{# The mean of decimal numbers, exact until it is rounded once; nulls are left out. #}
{% macro mean(number) -%}
  {{ crm.millionths(crm.divide_whole('coalesce(sum(' ~ crm.in_millionths(number) ~ '), 0)', 'count(' ~ number ~ ')')) }}
{%- endmacro %}


{# The mean over rows of numerator / denominator in percent, rows without a denominator left out: of the rates, not of what they are rounded to. #}
{% macro mean_percent(numerator, denominator) -%}
  {%- set rates = crm.divide_whole('cast(' ~ numerator ~ ' as ' ~ crm.big() ~ ') * 100000000000000', denominator) -%}
  {{ crm.millionths(crm.divide_whole(
    'coalesce(sum(' ~ rates ~ '), 0)', 'count(case when ' ~ denominator ~ ' > 0 then 1 end) * 1000000'
  )) }}
{%- endmacro %}


{# The median, interpolated. #}
{% macro median(number) -%}
  cast(percentile_cont(0.5) within group (order by cast({{ number }} as double precision)) as decimal(18, 6))
{%- endmacro %}
