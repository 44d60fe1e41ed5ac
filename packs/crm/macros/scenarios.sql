{# The weight of an opportunity's stage. #}
{% macro stage_weight(stage) -%}
  {{ crm.by_stage(stage, var('crm_stage_weights'), 'decimal(5, 4)') }}
{%- endmacro %}


{# A configured number for each stage of an opportunity. #}
{% macro by_stage(stage, numbers, type) -%}
  case {{ stage }}
    {%- for name in ['opportunity', 'won', 'lost'] %}
    when '{{ name }}' then cast({{ numbers[name] }} as {{ type }})
    {%- endfor %}
  end
{%- endmacro %}


{# The probability of winning an opportunity: what it records, else what is configured; a closed one is won or lost for certain. #}
{% macro win_probability(stage, recorded) -%}
  {%- set configured = crm.by_stage(stage, var('crm_win_probabilities'), 'decimal(9, 8)') -%}
  {{ crm.scenario_toggle(configured, stage ~ " = 'opportunity'", 'coalesce(cast(' ~ recorded ~ ' as decimal(9, 8)), ' ~ configured ~ ')') }}
{%- endmacro %}


{# The same in a scenario: that of an open opportunity by the scenario's factor, never over 1. #}
{% macro scenario_probability(scenario) -%}
  {%- set factor = 'cast(' ~ var('crm_probability_factors')[scenario] ~ ' as decimal(5, 4))' -%}
  {%- set open = 'cast(least(1.0, win_probability * ' ~ factor ~ ') as decimal(9, 8))' -%}
  {{ crm.scenario_toggle('win_probability', "stage = 'opportunity'", open) }}
{%- endmacro %}


{# The weighted amount of a row with amount, stage, win_probability and stage_weight, in a scenario. #}
{% macro weighted_amount(scenario) -%}
  {{ crm.weighted_pipeline_scenario('amount', crm.scenario_probability(scenario), 'stage_weight', var('crm_apply_weighting')) }}
{%- endmacro %}


{# The scenarios that are switched on, each one that has a factor. #}
{% macro scenarios() %}
  {%- for scenario in var('crm_scenarios') if scenario not in var('crm_probability_factors') -%}
    {%- do exceptions.raise_compiler_error(
      "crm_scenarios names `" ~ scenario ~ "`; crm_probability_factors has " ~ var('crm_probability_factors') | join(', ') ~ "."
    ) -%}
  {%- endfor -%}
  {{ return(var('crm_scenarios')) }}
{% endmacro %}
