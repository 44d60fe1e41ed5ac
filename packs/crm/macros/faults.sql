{#
  Why a record must not enter the KPIs: every reason, or null if there is none. `cases` are pairs of an SQL condition and
  SQL of the reason.
#}
{% macro fault(cases) -%}
  nullif(
    concat_ws(
      '; '
      {%- for condition, reason in cases %},
      case when {{ condition }} then {{ reason }} end
      {%- endfor %}
    ),
    ''
  )
{%- endmacro %}


{# Text within a reason; null is said, for it would make the reason null. #}
{% macro shown(text) -%}
  coalesce('"' || {{ text }} || '"', 'nothing')
{%- endmacro %}


{# Faults that every entity can have: a repeated or missing identity, no facility, no rep, instants that are missing or cannot be read. #}
{% macro usual_faults(fields) %}
  {%- set identity = (fields | list)[0] -%}
  {%- set cases = [
    [identity ~ ' is null', "'" ~ identity ~ " is missing'"],
    ['repeated_key is not null', "'duplicate key: " ~ identity ~ " ' || " ~ crm.shown(identity)],
    ['facility_id is null', "'facility_id is missing'"],
    ["facility_id = 'all'", "'facility_id \"all\" is kept for the totals'"],
    ['rep_id is null', "'rep_id is missing'"],
  ] -%}
  {%- for field, type in fields.items() if type in ('instant', 'instant_or_null') -%}
    {%- set unread = field ~ ' is null' ~ (' and ' ~ field ~ '_text is not null' if type == 'instant_or_null' else '') -%}
    {%- do cases.append([unread, "'" ~ field ~ " is no instant: ' || " ~ crm.shown(field ~ '_text')]) -%}
  {%- endfor -%}
  {{ return(cases) }}
{% endmacro %}


{# A text that is not among the known values. #}
{% macro unknown(field, known) %}
  {{ return([
    field ~ " is null or " ~ field ~ " not in ('" ~ known | join("', '") ~ "')", "'unknown " ~ field ~ ": ' || " ~ crm.shown(field)
  ]) }}
{% endmacro %}


{# Amounts that cannot be read or are negative. #}
{% macro bad_amounts(fields) %}
  {%- set cases = [] -%}
  {%- for field in crm.of_type(fields, ['money']) -%}
    {%- set told = crm.shown(field ~ '_text') -%}
    {%- do cases.append([field ~ ' is null', "'" ~ field ~ " is no amount in the currency of the day: ' || " ~ told]) -%}
    {%- do cases.append([field ~ ' < 0', "'negative " ~ field ~ ": ' || " ~ told]) -%}
  {%- endfor -%}
  {{ return(cases) }}
{% endmacro %}


{# A field that names a record which does not exist, by the column `known_<field>`. A record in quarantine exists; it is told by itself. #}
{% macro orphan(what, field) %}
  {{ return([
    field ~ ' is not null and known_' ~ field ~ ' is null', "'orphan " ~ what ~ ": there is no " ~ field ~ " ' || " ~ crm.shown(field)
  ]) }}
{% endmacro %}
