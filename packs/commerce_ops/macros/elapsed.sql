{# The time between two instants in minutes, hours or days of 24 hours, with its fraction, exact to six places; null where one is missing. #}
{% macro elapsed(earlier, later, unit) -%}
  {%- set microseconds = {'minutes': 60000000, 'hours': 3600000000, 'days': 86400000000}[unit] -%}
  {{ base.divide_exactly('(epoch_us(' ~ later ~ ') - epoch_us(' ~ earlier ~ '))', microseconds) }}
{%- endmacro %}
