{#
  The latest record of each (source, key) of a stream, its payload's fields as text. Deleted records are left out. Rows of
  one key are ordered by receipt; the last three terms only settle ties, so that every build takes the same row.
  A payload that is not JSON gives null fields, which the not_null tests report; it never stops the build.
#}
{% macro latest_records(stream, fields) -%}
  {{ return(adapter.dispatch('latest_records', 'base')(stream, fields)) }}
{%- endmacro %}

{% macro duckdb__latest_records(stream, fields) %}
  {%- set shape = [] -%}
  {%- for field in fields %}{% do shape.append('"' ~ field ~ '":"VARCHAR"') %}{% endfor -%}
  select
    source,
    key,
    event_at,
    {%- for field in fields %}
    record.{{ field }}{{ "," if not loop.last }}
    {%- endfor %}
  from (
    select source, key, event_at, try(json_transform(payload, '{ {{- shape | join(',') -}} }')) as record
    from (
      select source, key, event_at, payload
      from {{ source('raw', stream) }}
      qualify row_number() over (
        partition by source, key order by received_at desc, batch desc, event_at desc, sha256 desc
      ) = 1
    )
    where payload is not null
  )
{% endmacro %}


{# Text as a whole number; "1.5" is null rather than rounded. #}
{% macro whole_number(text) -%}
  case when regexp_full_match({{ text }}, '-?[0-9]{1,18}') then cast({{ text }} as bigint) end
{%- endmacro %}


{# Text as true or false; anything else is null. #}
{% macro truth(text) -%}
  case {{ text }} when 'true' then true when 'false' then false end
{%- endmacro %}
