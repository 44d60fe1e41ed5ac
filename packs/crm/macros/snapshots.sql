{#
  The rows of a KPI model for a snapshot, with an `updated_at` that moves exactly when their numbers move; it is in UTC, without a
  zone, like everything that dbt writes into a snapshot.

  A row whose numbers are those of its newest version keeps the instant of that version, whatever was touched. Where they moved, the
  instant is that of the newest record behind them; where no record is newer than the version (one was taken back or moved
  to another row, a weight was changed), it is the moment at which that was seen. A row that comes back begins where it was gone.
#}
{% macro as_it_moved(relation, key) %}
  {%- set before = load_relation(this) if execute else none -%}
  {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | reject('equalto', 'updated_at') | list if execute else [] -%}
  with fresh as (
    select {{ columns | join(', ') ~ ',' if columns }} {{ crm.in_utc('updated_at') }} as updated_at from {{ relation }}
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
    )

    select
      {%- for column in columns %}
      fresh.{{ column }},
      {%- endfor %}
      case
        when newest.dbt_scd_id is null then greatest(fresh.updated_at, gone.until)
        when true
          {%- for column in columns if column in known and column not in key %}
          and fresh.{{ column }} is not distinct from newest.{{ column }}
          {%- endfor %}
          then newest.updated_at
        when fresh.updated_at > newest.updated_at then fresh.updated_at
        else greatest({{ crm.in_utc(crm.as_of()) }}, newest.updated_at + interval '1 microsecond')
      end as updated_at
    from fresh
    left join newest on {{ crm.same_key('fresh', 'newest', key) }}
    left join gone on {{ crm.same_key('fresh', 'gone', key) }}
  {%- endif -%}
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
