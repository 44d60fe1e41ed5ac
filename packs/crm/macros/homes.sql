{# Whether the models stand in Assay's warehouse, on raw streams; elsewhere they read the fixture. #}
{% macro in_assay() %}
  {{ return(target.name == 'warehouse') }}
{% endmacro %}


{#
  The records of an entity, every field as text: source, key, event_at and the fields. In Assay the latest record of each
  key of the stream `crm_<entity>`, elsewhere the rows of the seed. What comes after is the same in both. The first field is the
  record's identity.
#}
{% macro records(entity, fields) -%}
  {%- if crm.in_assay() -%}
    {{ base.latest_records('crm_' ~ entity, fields) }}
  {%- else -%}
    select
      'fixture' as source,
      cast({{ fields[0] }} as varchar) as key,
      cast(null as timestamptz) as event_at
      {%- for field in fields %},
      nullif(cast({{ field }} as varchar), '') as {{ field }}
      {%- endfor %}
    from {{ ref(entity) }}
  {%- endif -%}
{%- endmacro %}


{# The day on which an instant falls: the shop's day in Assay, elsewhere the day of `crm_zone`. #}
{% macro day_of(instant) -%}
  {%- if crm.in_assay() -%}
    {{ base.shop_day(instant) }}
  {%- else -%}
    cast({{ crm.local_time(instant) }} as date)
  {%- endif -%}
{%- endmacro %}


{# The first day of a day's month. #}
{% macro month_of(day) -%}
  cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}


{# SQL of the zone that holds at an instant. #}
{% macro zone_at(instant) -%}
  {%- set zones = base.zones_newest_first() if crm.in_assay() else [{'zone': var('crm_zone')}] -%}
  {%- if zones | length == 1 -%}
    '{{ zones[0].zone }}'
  {%- else -%}
    case
      {%- for row in zones %}
      {% if row.get('from') is not none -%}
      when {{ instant }} >= timestamptz '{{ row["from"] }}' then {% else %}else {% endif -%}
      '{{ row.zone }}'
      {%- endfor %}
    end
  {%- endif -%}
{%- endmacro %}


{# What the clock on the wall shows at an instant. #}
{% macro local_time(instant) -%}
  timezone({{ crm.zone_at(instant) }}, {{ instant }})
{%- endmacro %}


{# The instant at which whatever changes with the clock is judged: `crm_as_of`, the clock that was set for Assay, or the moment of the run. #}
{% macro as_of() -%}
  {%- set stated = var('crm_as_of', none) or env_var('ASSAY_NOW', '') -%}
  {%- if stated -%} cast('{{ stated }}' as timestamptz) {%- else -%} now() {%- endif -%}
{%- endmacro %}


{#
  Money text as whole minor units: of the shop's currency on the day of the instant `at` in Assay, elsewhere of
  `crm_currency`. Null for another currency, for text that is no plain decimal number, and for a fraction of a minor unit.
#}
{% macro money(text, currency, at) -%}
  {%- if crm.in_assay() -%}
    {{ base.shop_money(text, currency, at) }}
  {%- else -%}
    {%- set exponent = var('crm_currency_exponent') | int -%}
    {%- set fraction = '[.][0-9]{1,' ~ exponent ~ '}0*' if exponent else '[.]0+' -%}
    {#- Text becomes a decimal of 18 digits some hundred times faster than a wider one, which the product needs. -#}
    {%- set amount = 'cast(' ~ text ~ ' as decimal(' ~ (18 if exponent <= 3 else 38) ~ ', ' ~ exponent ~ '))' %}
    case
      when {{ currency }} = '{{ var("crm_currency") }}' and {{ crm.matches(text, '-?[0-9]{1,15}(' ~ fraction ~ ')?') }}
        then cast(cast({{ amount }} as decimal(38, {{ exponent }})) * {{ 10 ** exponent }} as bigint)
    end
  {%- endif -%}
{%- endmacro %}
