{#
  How the clock of a ticket's promise runs. `crm_sla_clock: calendar` counts every hour; `business` only `crm_working_hours` from
  Monday to Friday. Both count whole microseconds, so that elapsed time and due instants are exact.
#}
{% macro sla_microseconds(instant) -%}
  {%- if crm.sla_runs_always() -%}
    {{ crm.microseconds(instant) }}
  {%- else -%}
    {{ crm.worked_microseconds(crm.microseconds(crm.local_time(instant))) }}
  {%- endif -%}
{%- endmacro %}


{# The instant at which so much of the promise's clock, in microseconds, has passed since another. #}
{% macro sla_due_at(instant, promised) -%}
  {%- if crm.sla_runs_always() -%}
    {{ instant }} + {{ crm.interval_of(promised) }}
  {%- else -%}
    {%- set work = '(' ~ crm.sla_microseconds(instant) ~ ' + ' ~ promised ~ ')' -%}
    timezone({{ crm.zone_at(instant) }}, timestamp '1970-01-01 00:00:00' + {{ crm.interval_of(crm.worked_until(work)) }})
  {%- endif -%}
{%- endmacro %}


{# How many hours of the promise's clock lie between two instants, exact until they are rounded once to six places. #}
{% macro sla_hours(start, end) -%}
  {{ crm.millionths(crm.divide_whole('(' ~ crm.sla_microseconds(end) ~ ' - ' ~ crm.sla_microseconds(start) ~ ')', 3600, 'bigint')) }}
{%- endmacro %}


{% macro sla_runs_always() %}
  {%- set clock = var('crm_sla_clock') -%}
  {%- if clock not in ('calendar', 'business') -%}
    {%- do exceptions.raise_compiler_error("crm_sla_clock is `" ~ clock ~ "`; use `calendar` or `business`.") -%}
  {%- endif -%}
  {{ return(clock == 'calendar') }}
{% endmacro %}


{# Microseconds since 1970 of an instant or of a time on the wall. #}
{% macro microseconds(time) -%}
  {{ return(adapter.dispatch('microseconds', 'crm')(time)) }}
{%- endmacro %}

{% macro duckdb__microseconds(time) -%} epoch_us({{ time }}) {%- endmacro %}

{% macro postgres__microseconds(time) -%} cast(extract(epoch from {{ time }}) * 1000000 as bigint) {%- endmacro %}


{# So many microseconds as an interval. #}
{% macro interval_of(microseconds) -%}
  {{ return(adapter.dispatch('interval_of', 'crm')(microseconds)) }}
{%- endmacro %}

{% macro duckdb__interval_of(microseconds) -%} to_microseconds({{ microseconds }}) {%- endmacro %}

{% macro postgres__interval_of(microseconds) -%} interval '1 microsecond' * ({{ microseconds }}) {%- endmacro %}


{# Working time between Monday, 5 January 1970, and a time on the wall, both in microseconds. #}
{% macro worked_microseconds(local) -%}
  {%- set day = 86400000000 -%}
  {%- set since = '(' ~ local ~ ' - ' ~ 4 * day ~ ')' -%}
  {%- set days = crm.whole_quotient(since, day) -%}
  {%- set weeks = crm.whole_quotient(since, 7 * day) -%}
  {%- set weekday = '(' ~ days ~ ' - 7 * ' ~ weeks ~ ')' -%}
  {%- set of_day = '(' ~ since ~ ' - ' ~ day ~ ' * ' ~ days ~ ')' -%}
  cast(
    (5 * {{ weeks }} + least({{ weekday }}, 5)) * {{ crm.working_day() }}
    + case when {{ weekday }} < 5 then least(greatest({{ of_day }} - {{ crm.work_begins() }}, 0), {{ crm.working_day() }}) else 0 end
    as bigint
  )
{%- endmacro %}


{# The first time on the wall at which so much working time is over: the end of a day, not the begin of the next. #}
{% macro worked_until(work) -%}
  {%- set days = crm.whole_quotient('(' ~ work ~ ' - 1)', crm.working_day()) -%}
  {%- set weeks = crm.whole_quotient('(' ~ work ~ ' - 1)', 5 * crm.working_day()) -%}
  {{ 4 * 86400000000 }} + 86400000000 * (7 * {{ weeks }} + {{ days }} - 5 * {{ weeks }})
  + {{ crm.work_begins() }} + {{ work }} - {{ crm.working_day() }} * {{ days }}
{%- endmacro %}


{% macro work_begins() %}
  {{ return(var('crm_working_hours')['from'] * 3600000000) }}
{% endmacro %}

{% macro working_day() %}
  {{ return((var('crm_working_hours')['to'] - var('crm_working_hours')['from']) * 3600000000) }}
{% endmacro %}
