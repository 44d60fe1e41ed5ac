{#
  How far each entity came on a way of several steps: one row an entity and shop day of its first step.

  `steps` are in order; each is a dict of
    name       what its columns are called: `<name>_at`
    relation   where it is recorded: a model, or a query in parentheses
    at         the column with the instant at which it happened
    where      which rows are meant; all, if absent
    entity     the column with the entity, where it has another name there than `entity`
  `window` is SQL of an interval, such as `interval '24 hours'`.

  A step is reached when it happened not before the step before, at the same instant at the earliest, and at most the window after it.
  Any occurrence of the step before will do, so that a step that is repeated hides nothing. `<name>_at` is the first instant at which
  the step was reached; `steps_reached` counts the steps. A way goes on over midnight, and counts on the day on which it began.
#}
{% macro funnel(steps, entity, window) -%}
  {%- if steps | length < 2 -%}
    {%- do exceptions.raise_compiler_error("A funnel needs two steps or more; it has " ~ steps | length ~ ".") -%}
  {%- endif -%}
  with
  {%- for step in steps %}
  step_{{ loop.index }} as (
    select distinct {{ step.get('entity', entity) }} as entity, {{ step.at }} as moment
    from {{ step.relation }} as relation
    where {{ step.get('entity', entity) }} is not null and {{ step.at }} is not null{{ " and (" ~ step.where ~ ")" if step.where }}
  ),
  {% endfor %}
  reached_1 as (
    select entity, {{ base.shop_day('moment') }} as first_on, moment
    from step_1
  ),
  {%- for step in steps[1:] %}
  {%- set number = loop.index + 1 %}

  {#- The latest occurrence of the step before is the one that is nearest: where it lies outside the window, all do. #}
  spans_{{ number }} as (
    select entity, first_on, min(moment) as first_at, max(moment) as last_at
    from reached_{{ number - 1 }}
    group by entity, first_on
  ),

  chances_{{ number }} as (
    select entity, first_on, moment, false as is_next
    from reached_{{ number - 1 }}
    union all
    select spans.entity, spans.first_on, step.moment, true
    from step_{{ number }} as step
    join spans_{{ number }} as spans
      on spans.entity = step.entity and step.moment >= spans.first_at and step.moment <= spans.last_at + {{ window }}
  ),

  judged_{{ number }} as (
    select
      *,
      max(case when not is_next then moment end) over (
        partition by entity, first_on order by moment, is_next rows between unbounded preceding and current row
      ) as before_at
    from chances_{{ number }}
  ),

  reached_{{ number }} as (
    select distinct entity, first_on, moment
    from judged_{{ number }}
    where is_next and moment <= before_at + {{ window }}
  ),
  {%- endfor %}

  reached as (
    {%- for step in steps %}
    select entity, first_on, {{ loop.index }} as step, min(moment) as moment
    from reached_{{ loop.index }}
    group by entity, first_on
    {{- " union all" if not loop.last }}
    {%- endfor %}
  )

  select
    entity as {{ entity }},
    first_on,
    {%- for step in steps %}
    min(moment) filter (where step = {{ loop.index }}) as {{ step.name }}_at,
    {%- endfor %}
    cast(max(step) as integer) as steps_reached
  from reached
  group by entity, first_on
{%- endmacro %}
