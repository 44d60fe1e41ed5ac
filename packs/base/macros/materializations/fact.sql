{#
  `fact`: a table that knows which days a build changed.

  config: key    the columns that name a row
          times  its DATE columns (shop days); a row whose day is null counts nowhere in that column

  One transaction computes the new rows, compares them with the table by key and by every column, writes the days of the
  changed rows (before and after) to `assay.changed_days`, and replaces only the changed rows. A build that dies leaves
  the table and the log as they were. The first build, a full refresh and a change of columns write every day as `built`.
#}
{% materialization fact, adapter='duckdb' %}
  {%- set key = base.fact_columns('key') -%}
  {%- set times = base.fact_columns('times') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set fresh = make_temp_relation(target, '__fresh') -%}
  {%- set changed = make_temp_relation(target, '__changed') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- The transaction begins here: `statement` opens it, `run_query` only joins it. -#}
  {% call statement('compute') %}
    {{ base.fact_select_into(fresh, compiled_code) }}
  {% endcall %}
  {% do base.fact_check_key(fresh, key) %}
  {% do base.fact_run(base.create_change_log()) %}

  {%- set old_columns = base.fact_table_columns(existing) -%}
  {%- set columns = base.fact_table_columns(fresh) -%}
  {%- set anew = should_full_refresh() or old_columns != columns or not existing.is_table or not base.fact_is_logged() -%}
  {% if anew %}
    {% do base.fact_log_built(existing, old_columns, fresh, times) %}
    {% if existing is not none %}
      {% do base.fact_run('drop ' ~ existing.type ~ ' ' ~ existing) %}
    {% endif %}
    {% call statement('main') %}
      create table {{ target }} as select * from {{ fresh }} order by {{ (times + key) | join(', ') }}
    {% endcall %}
  {% else %}
    {% do base.fact_run(base.fact_compare(changed, existing, fresh, key, times, columns)) %}
    {% for time in times %}
      {% do base.fact_run(base.fact_log_changed(changed, time)) %}
    {% endfor %}
    {% do base.fact_run(base.fact_delete(existing, changed, key)) %}
    {% call statement('main') %}
      {{ base.fact_insert(existing, fresh, changed, key) }}
    {% endcall %}
    {% do base.fact_run('drop table ' ~ changed) %}
  {% endif %}
  {% do base.fact_run('drop table ' ~ fresh) %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do adapter.commit() %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# A list of columns from the model's config; a model without it is refused. #}
{% macro fact_columns(name) %}
  {%- set columns = config.get(name) -%}
  {%- if not columns or columns is string -%}
    {%- do exceptions.raise_compiler_error(
      "The fact " ~ model.name ~ " needs `" ~ name ~ "` in its config, a list of columns, for example `" ~ name ~ ": ["
      ~ ("order_id" if name == "key" else "created_on") ~ "]`."
    ) -%}
  {%- endif -%}
  {{ return(columns | list) }}
{% endmacro %}


{% macro fact_run(sql) %}
  {%- if sql | trim -%}
    {% call statement('fact_step') %}{{ sql }}{% endcall %}
  {%- endif -%}
{% endmacro %}


{# The new rows in a temporary table, its columns and types as the contract states them. #}
{% macro fact_select_into(relation, sql) %}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    create temporary table {{ relation }} as
    select
      {%- for column in model.columns.values() %}
      cast({{ adapter.quote(column.name) }} as {{ column.data_type }}) as {{ adapter.quote(column.name) }}{{ "," if not loop.last }}
      {%- endfor %}
    from ({{ sql }}) as model_rows
  {%- else -%}
    create temporary table {{ relation }} as {{ sql }}
  {%- endif -%}
{% endmacro %}


{# Two rows of one key, or a row without one, would be counted twice or never replaced: the build stops. #}
{% macro fact_check_key(relation, key) %}
  {%- set columns = key | join(', ') -%}
  {%- set faulty = run_query(
    'select ' ~ columns ~ ', count(*) from ' ~ relation ~ ' group by ' ~ columns
    ~ ' having count(*) > 1 or ' ~ key | join(' is null or ') ~ ' is null order by all limit 3'
  ) -%}
  {%- if faulty.rows | length -%}
    {%- set shown = [] -%}
    {%- for row in faulty.rows -%}
      {%- set values = row.values() | list -%}
      {%- do shown.append('(' ~ values[:-1] | join(', ') ~ ') ' ~ values[-1] ~ ' times') -%}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error(
      "The rows of " ~ model.name ~ " are not told apart by their key (" ~ columns ~ "): " ~ shown | join('; ')
      ~ ". Each key must be present and stand on one row; the table keeps its rows of before."
    ) -%}
  {%- endif -%}
{% endmacro %}


{# The columns of a table as (name, type) in their order; none for a table that is not there. #}
{% macro fact_table_columns(relation) %}
  {%- set columns = [] -%}
  {%- if relation is not none -%}
    {%- for row in run_query('describe ' ~ relation).rows -%}
      {%- do columns.append((row[0], row[1])) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(columns) }}
{% endmacro %}


{# Whether the log knows the model at all: a log that was lost gets every day again. #}
{% macro fact_is_logged() %}
  {{ return(run_query(
    'select count(*) from (select 1 from assay.changed_days where model = ' ~ base.quoted(model.name) ~ ' limit 1)'
  ).columns[0].values()[0] > 0) }}
{% endmacro %}


{# Every day of the table before and after. #}
{% macro fact_log_built(existing, old_columns, fresh, times) %}
  {%- for time in times -%}
    {%- set days -%}
      select {{ time }} as day, 'built' as kind from {{ fresh }}
    {%- endset -%}
    {%- set gone -%}
      {%- if existing is not none and (time, 'DATE') in old_columns -%}
        union all
        select {{ time }}, 'built' from {{ existing }}
        where {{ time }} not in (select {{ time }} from {{ fresh }} where {{ time }} is not null)
      {%- endif -%}
    {%- endset -%}
    {%- do base.fact_run(base.log_days(time, days ~ ' ' ~ gone)) -%}
  {%- endfor -%}
{% endmacro %}


{# The keys of the rows that differ, with their days before and after. #}
{% macro fact_compare(changed, existing, fresh, key, times, columns) %}
  create temporary table {{ changed }} as
  select
    {%- for column in key %}
    coalesce(old.{{ column }}, new.{{ column }}) as {{ column }},
    {%- endfor %}
    {%- for time in times %}
    old.{{ time }} as {{ time }}__before,
    new.{{ time }} as {{ time }}__after,
    {%- endfor %}
    case
      when old.{{ key[0] }} is null then 'inserted'
      when new.{{ key[0] }} is null then 'deleted'
      else 'updated'
    end as fact_kind
  from {{ existing }} as old
  full join {{ fresh }} as new
    on {% for column in key %}old.{{ column }} = new.{{ column }}{{ " and " if not loop.last }}{% endfor %}
  where
    {%- for column in columns %}
    old.{{ adapter.quote(column[0]) }} is distinct from new.{{ adapter.quote(column[0]) }}{{ " or" if not loop.last }}
    {%- endfor %}
{% endmacro %}


{# The days on which the changed rows stood and stand; a row that moves marks both. #}
{% macro fact_log_changed(changed, time) %}
  {%- set days -%}
    select {{ time }}__before as day, fact_kind as kind from {{ changed }}
    union all
    select {{ time }}__after, fact_kind from {{ changed }}
    where {{ time }}__after is distinct from {{ time }}__before
  {%- endset -%}
  {{ return(base.log_days(time, days)) }}
{% endmacro %}


{% macro fact_delete(existing, changed, key) %}
  delete from {{ existing }} as old using {{ changed }} as changed
  where changed.fact_kind <> 'inserted'
    {%- for column in key %} and old.{{ column }} = changed.{{ column }}{% endfor %}
{% endmacro %}


{% macro fact_insert(existing, fresh, changed, key) %}
  insert into {{ existing }}
  select new.* from {{ fresh }} as new
  join {{ changed }} as changed
    on changed.fact_kind <> 'deleted'
    {%- for column in key %} and new.{{ column }} = changed.{{ column }}{% endfor %}
  order by {% for column in key %}new.{{ column }}{{ ", " if not loop.last }}{% endfor %}
{% endmacro %}
