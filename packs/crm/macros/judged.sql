{#
  The records of an entity, each field typed, with everything that is wrong with each record in the column `fault`.

  fields    name of each field and what its text holds: text, instant, instant_or_null, money, whole_number or decimal_number. The
            first one is the record's identity. Text that does not hold it is null; as it came, it stands in `<field>_text`.
  faults    further pairs of an SQL condition and SQL of the reason, see `fault`
  money_at  the instant on whose day the currency of the money counts
  known     for some fields, the model that has their known values: the column `known_<field>` is null for any other
#}
{% macro judged(entity, fields, faults, money_at=none, known={}) %}
  {%- set names = fields | list %}
  {%- set identity = names[0] %}
  {%- set instants = crm.of_type(fields, ['instant', 'instant_or_null']) %}
{#- The records are used twice; in Assay their JSON is read once, elsewhere a table needs no copy. #}
with records as {{ 'materialized' if crm.in_assay() else 'not materialized' }} (
  {{ crm.records(entity, names + (['currency'] if money_at else []) + ['updated_at']) }}
),

repeated as (
  select {{ identity }} as repeated_key from records where {{ identity }} is not null group by {{ identity }} having count(*) > 1
),

{% for field, model in known.items() -%}
known_{{ field }} as (
  select {{ field }} as known_{{ field }} from {{ model }} where {{ field }} is not null group by {{ field }}
),

{% endfor -%}
typed as (
  select
    source,
    key as record_key,
    {%- for field, type in fields.items() %}
    {%- if type == 'text' %}
    {{ field }},
    {%- else %}
    {{ crm.read(field, type, money_at) }} as {{ field }},
    {{ field }} as {{ field }}_text,
    {%- endif %}
    {%- endfor %}
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  {{ names | join(',\n  ') }},
  coalesce(updated_at, greatest({{ instants | join(', ') }})) as updated_at,
  {{ crm.fault(crm.usual_faults(fields) + faults + crm.bad_amounts(fields)) }} as fault
from typed
left join repeated on repeated_key = {{ identity }}
{%- for field in known %}
left join known_{{ field }} on known_{{ field }} = {{ field }}
{%- endfor %}
{% endmacro %}


{# The fields that are of one of these types. #}
{% macro of_type(fields, types) %}
  {%- set found = [] -%}
  {%- for field, type in fields.items() if type in types -%}
    {%- do found.append(field) -%}
  {%- endfor -%}
  {{ return(found) }}
{% endmacro %}


{# SQL of what a field's text holds. #}
{% macro read(field, type, money_at) -%}
  {%- if type == 'money' -%} {{ crm.money(field, 'currency', crm.instant(money_at)) }}
  {%- elif type == 'whole_number' -%} {{ crm.whole_number(field) }}
  {%- elif type == 'decimal_number' -%} {{ crm.decimal_number(field) }}
  {%- else -%} {{ crm.instant(field) }}
  {%- endif -%}
{%- endmacro %}
