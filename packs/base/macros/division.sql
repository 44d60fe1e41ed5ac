{#
  numerator / denominator of two whole numbers, exact until it is rounded once, half-even, to six places. SQL's `/` would
  pass through a float. Both must be at least zero; a denominator of zero gives null.
#}
{% macro divide_exactly(numerator, denominator) -%}
  {%- set whole = '(cast(' ~ numerator ~ ' as hugeint) * 1000000)' -%}
  cast(
    case
      when {{ denominator }} > 0 then cast(
        {{ whole }} // {{ denominator }}
        + case
          when 2 * ({{ whole }} % {{ denominator }}) > {{ denominator }} then 1
          when 2 * ({{ whole }} % {{ denominator }}) = {{ denominator }} then ({{ whole }} // {{ denominator }}) % 2
          else 0
        end
        as decimal(18, 0)
      ) * 0.000001
    end
    as decimal(18, 6)
  )
{%- endmacro %}
