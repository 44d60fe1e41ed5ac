{#
  The shop's day on which an instant falls. This macro is the only place where an instant becomes a day. The zone is dated
  (`assay_zones`): when the shop moves, the days of its history stay where they were.
#}
{% macro shop_day(instant) -%}
  {{ return(adapter.dispatch('shop_day', 'base')(instant)) }}
{%- endmacro %}

{% macro duckdb__shop_day(instant) -%}
  {%- set zones = base.zones_newest_first() -%}
  {%- if zones | length == 1 -%}
    cast(timezone({{ base.quoted(zones[0].zone) }}, {{ instant }}) as date)
  {%- else -%}
    cast(
      case
        {%- for row in zones %}
        {% if row.get('from') is not none -%}
        when {{ instant }} >= timestamptz {{ base.quoted(row['from']) }} then {% else %}else {% endif -%}
        timezone({{ base.quoted(row.zone) }}, {{ instant }})
        {%- endfor %}
      end as date
    )
  {%- endif -%}
{%- endmacro %}


{# The rows of `assay_zones`, newest first, the one that has always held last. #}
{% macro zones_newest_first() %}
  {%- set zones = var('assay_zones') -%}
  {%- set always = zones | selectattr('from', 'none') | list -%}
  {%- if always | length != 1 -%}
    {%- do exceptions.raise_compiler_error(
      "assay_zones needs exactly one row without `from`, the zone that held first; it has " ~ always | length ~ "."
      ~ " Write for example [{from: null, zone: America/Los_Angeles}]."
    ) -%}
  {%- endif -%}
  {%- set dated = zones | rejectattr('from', 'none') | sort(attribute='from', reverse=true) | list -%}
  {{ return(dated + always) }}
{% endmacro %}


{#
  ISO 8601 text with an offset as an instant. Text without an offset is null: which instant it means would be a guess.
#}
{% macro instant(text) -%}
  {{ return(adapter.dispatch('instant', 'base')(text)) }}
{%- endmacro %}

{% macro duckdb__instant(text) -%}
  case
    when regexp_full_match(
      {{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)'
    ) then try_cast({{ text }} as timestamptz)
  end
{%- endmacro %}
