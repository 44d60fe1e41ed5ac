{#
  The average of a column: weighted where the scenario is on, the plain one where it is off. Both are exact until they are rounded
  once, half-even, to six places; rows without a value count nowhere, and null stands where there is nothing to average.

  values_column    the numbers, of at most six places
  weights_column   their weights, of at most six places
  scenario_filter  true, false, or an SQL condition that is one for each group
#}
{% macro weighted_forecast(values_column, weights_column, scenario_filter=true) -%}
  {%- set weight = 'case when ' ~ values_column ~ ' is not null then ' ~ crm.in_millionths(weights_column) ~ ' end' -%}
  {%- set products = 'coalesce(sum(' ~ crm.in_millionths(values_column) ~ ' * ' ~ weight ~ '), 0)' -%}
  case
    when {{ scenario_filter }} then {{ crm.millionths(crm.divide_whole(products, 'coalesce(sum(' ~ weight ~ '), 0)')) }}
    else {{ crm.mean(values_column) }}
  end
{%- endmacro %}


{#
  One of two values, by whether a scenario is on.

  column            what the value stands in for; it is taken as it is where a value is left out
  scenario_enabled  true, false, or an SQL condition; a condition that is null is off
  true_value        SQL of the value where the scenario is on
  false_value       SQL of the value where it is off
#}
{% macro scenario_toggle(column, scenario_enabled, true_value=none, false_value=none) -%}
  case when {{ scenario_enabled }} then {{ true_value or column }} else {{ false_value or column }} end
{%- endmacro %}


{#
  What an amount is worth in a forecast: amount × probability × stage weight, rounded to whole minor units for each row, half up, so that
  rows add up to their totals. Without weighting, the amount.

  base_amount            whole minor units
  win_probability        0 to 1, at most eight places
  pipeline_stage_weight  0 to 1, at most four places
  apply_weighting        true or false
#}
{% macro weighted_pipeline_scenario(base_amount, win_probability, pipeline_stage_weight, apply_weighting=true) -%}
  {{ return(adapter.dispatch('weighted_pipeline_scenario', 'crm')(
    base_amount, win_probability, pipeline_stage_weight, apply_weighting
  )) }}
{%- endmacro %}

{# DuckDB's product of decimals has the digits of both together, 38 at most: 19 + 9 + 5 fit. #}
{% macro duckdb__weighted_pipeline_scenario(base_amount, win_probability, pipeline_stage_weight, apply_weighting) -%}
  {%- if apply_weighting -%}
    cast(round(
      cast({{ base_amount }} as decimal(19, 0))
      * cast({{ win_probability }} as decimal(9, 8)) * cast({{ pipeline_stage_weight }} as decimal(5, 4))
    ) as bigint)
  {%- else -%}
    cast({{ base_amount }} as bigint)
  {%- endif -%}
{%- endmacro %}

{% macro postgres__weighted_pipeline_scenario(base_amount, win_probability, pipeline_stage_weight, apply_weighting) -%}
  {%- if apply_weighting -%}
    cast(round(
      cast({{ base_amount }} as numeric) * cast({{ win_probability }} as numeric) * cast({{ pipeline_stage_weight }} as numeric)
    ) as bigint)
  {%- else -%}
    cast({{ base_amount }} as bigint)
  {%- endif -%}
{%- endmacro %}
