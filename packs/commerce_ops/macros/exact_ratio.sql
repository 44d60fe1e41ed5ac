{#
  numerator / denominator of two whole numbers, exact until it is rounded once, half-even, to six places; null where the
  denominator is not above zero. The numerator may be negative, as revenue of a day of refunds is.
#}
{% macro exact_ratio(numerator, denominator) -%}
  (sign({{ numerator }}) * {{ base.divide_exactly('abs(' ~ numerator ~ ')', denominator) }})
{%- endmacro %}
