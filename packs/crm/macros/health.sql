{# The scores that there are, each by its weight, in millionths of a weight's ten-thousandth. #}
{% macro weighed_sum(components) -%}
  (
    {%- for component in components %}
    {{ crm.weight_of(component) }} * coalesce({{ crm.in_millionths(component ~ '_score') }}, 0) {{ "+" if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}


{# The weights of the scores that there are. #}
{% macro weights_sum(components) -%}
  (
    {%- for component in components %}
    case when {{ component }}_score is null then 0 else {{ crm.weight_of(component) }} end {{ "+" if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}


{# A component's configured weight in ten-thousandths. #}
{% macro weight_of(component) %}
  {{ return((var('crm_health_weights')[component] * 10000) | round | int) }}
{% endmacro %}


{# The bands of `crm_health_bands` as (name, lowest score), best first. #}
{% macro health_bands() %}
  {{ return(var('crm_health_bands').items() | sort(attribute=1, reverse=true) | list) }}
{% endmacro %}
