{#
  The rows of a KPI model for a snapshot, with an `updated_at` that moves exactly when their numbers move; it is in UTC, without a
  zone, like everything that dbt writes into a snapshot. It is the instant from which on these numbers were believed:

  - A row whose numbers are those of its newest version keeps that version, whatever was touched.
  - Where they moved, the new version begins with the newest record behind them; where no record is newer than the old version (one
    was taken back or moved to another row, a weight was changed), at the moment at which that is seen.
  - It never begins before a snapshot has seen the old version last (`seen_at`, see `seen_now`): what is delivered late does not
    change what was believed. A row that is new begins after the last snapshot, and one that comes back where it was gone.
  - The first snapshot of all takes the records' word, for nobody knows better.
#}
{% macro as_it_moved(relation, key) %}
  {%- set before = load_relation(this) if execute else none -%}
  {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | reject('equalto', 'updated_at') | list if execute else [] -%}
  with fresh as (
    select {{ columns | join(', ') ~ ',' if columns }} {{ crm.in_utc('updated_at') }} as updated_at, {{ crm.in_utc(crm.as_of()) }} as seen_at
    from {{ relation }}
  )
  {% if before is none -%}
    select * from fresh
  {%- else -%}
    {%- set known = adapter.get_columns_in_relation(before) | map(attribute='name') | list -%},

    newest as (
      select * from {{ before }} where dbt_valid_to is null
    ),

    gone as (
      select {{ key | join(', ') }}, max(dbt_valid_to) as until from {{ before }} group by {{ key | join(', ') }}
    ),

    last_run as (
      select max(seen_at) as seen_at from {{ before }}
    )

    select
      {%- for column in columns %}
      fresh.{{ column }},
      {%- endfor %}
      fresh.seen_at,
      case
        when newest.dbt_scd_id is null then greatest(fresh.updated_at, gone.until, last_run.seen_at)
        when true
          {%- for column in columns if column in known and column not in key %}
          and fresh.{{ column }} is not distinct from newest.{{ column }}
          {%- endfor %}
          then newest.updated_at
        when fresh.updated_at > newest.updated_at then greatest(fresh.updated_at, newest.seen_at)
        else greatest(fresh.seen_at, newest.seen_at, newest.updated_at + interval '1 microsecond')
      end as updated_at
    from fresh
    cross join last_run
    left join newest on {{ crm.same_key('fresh', 'newest', key) }}
    left join gone on {{ crm.same_key('fresh', 'gone', key) }}
  {%- endif -%}
{% endmacro %}


{# Notes of every version that holds that it was seen now; for the end of a snapshot. #}
{% macro seen_now() %}
  update {{ this }} set seen_at = {{ crm.in_utc(crm.as_of()) }} where dbt_valid_to is null
{% endmacro %}


{% macro same_key(one, other, key) -%}
  {%- for column in key -%}
    {{ one }}.{{ column }} = {{ other }}.{{ column }}{{ " and " if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{% macro in_utc(instant) -%}
  cast(timezone('UTC', {{ instant }}) as timestamp)
{%- endmacro %}


{# dbt would write the end of a row that is gone in the zone of the session. #}
{% macro postgres__snapshot_get_time() -%}
  {{ crm.in_utc('now()') }}
{%- endmacro %}
