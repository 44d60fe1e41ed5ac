{# Whether the whole of a text matches a regular expression; null for null. #}
{% macro matches(text, pattern) -%}
  {{ return(adapter.dispatch('matches', 'crm')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
  regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
  {{ text }} ~ '^({{ pattern }})$'
{%- endmacro %}


{#
  ISO 8601 text with an offset as an instant. Text without an offset is null: which instant it means would be a guess. So is
  a day that does not exist.
#}
{% macro instant(text) -%}
  {{ return(adapter.dispatch('instant', 'crm')(text)) }}
{%- endmacro %}

{% macro iso_pattern() -%}
  [1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)
{%- endmacro %}

{% macro duckdb__instant(text) -%}
  case when {{ crm.matches(text, crm.iso_pattern()) }} then try_cast({{ text }} as timestamptz) end
{%- endmacro %}

{# PostgreSQL 15 cannot try a cast, so the day is compared with the last of its month first. #}
{% macro postgres__instant(text) -%}
  case
    when not {{ crm.matches(text, crm.iso_pattern()) }} then null
    when cast(substr({{ text }}, 9, 2) as integer) > extract(
      day from cast(substr({{ text }}, 1, 8) || '01' as date) + interval '1 month' - interval '1 day'
    ) then null
    else cast({{ text }} as timestamptz)
  end
{%- endmacro %}


{# Text as a whole number; "1.5" is null rather than rounded. #}
{% macro whole_number(text) -%}
  case when {{ crm.matches(text, '-?[0-9]{1,9}') }} then cast({{ text }} as integer) end
{%- endmacro %}


{# Text as a decimal number of at most six places. #}
{% macro decimal_number(text) -%}
  cast(case when {{ crm.matches(text, '-?[0-9]{1,9}([.][0-9]{1,6}0*)?') }} then {{ text }} end as decimal(18, 6))
{%- endmacro %}
