{#
  The change log `assay.changed_days`: which days of a fact's numbers a build touched. Its readers take the rows with a
  higher `seq` than they have seen.
#}
{% macro create_change_log() %}
  {%- if execute -%}
    {%- set present = run_query(
      "select count(*) from duckdb_tables() where database_name = current_database()"
      " and schema_name = 'assay' and table_name = 'changed_days'"
    ).columns[0].values()[0] -%}
    {%- if not present -%}
      create schema if not exists assay;
      create sequence if not exists assay.changed_days_seq;
      create table if not exists assay.changed_days (
        seq bigint not null,
        model varchar not null,
        time_column varchar not null,
        day date not null,
        kind varchar not null,
        "rows" bigint not null,
        invocation varchar not null,
        changed_at timestamptz not null
      );
    {%- endif -%}
  {%- endif -%}
{% endmacro %}


{# Write one log row for each day and kind that `days` (columns day, kind) gives for the time column. #}
{% macro log_days(time_column, days) %}
  insert into assay.changed_days
  select
    nextval('assay.changed_days_seq'), {{ base.quoted(model.name) }}, {{ base.quoted(time_column) }}, day, kind,
    count(*), {{ base.quoted(invocation_id) }}, now()
  from ({{ days }}) as days
  where day is not null
  group by day, kind
  order by day, kind
{% endmacro %}
