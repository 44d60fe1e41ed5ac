{# How many months an interval of billing has; null for one that nobody knows. #}
{% macro months_of(interval) -%}
  case {{ interval }} when 'month' then 1 when 'quarter' then 3 when 'half_year' then 6 when 'year' then 12 end
{%- endmacro %}


{#
  What `quantity` of something cost in a month that cost `amount` each for an interval, in whole minor units, rounded half to even
  as all money is; null where a part is not known.
#}
{% macro monthly_amount(amount, quantity, interval) -%}
  {%- set whole = '(cast(' ~ amount ~ ' as hugeint) * ' ~ quantity ~ ')' -%}
  {%- set months = '(' ~ base.months_of(interval) ~ ')' -%}
  cast(
    {{ whole }} // {{ months }}
    + case
      when 2 * ({{ whole }} % {{ months }}) > {{ months }} then 1
      when 2 * ({{ whole }} % {{ months }}) = {{ months }} then ({{ whole }} // {{ months }}) % 2
      else 0
    end
    as bigint
  )
{%- endmacro %}
