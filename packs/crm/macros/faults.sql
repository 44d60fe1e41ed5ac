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


{#
  Faults that every entity can have: a repeated or missing identity, no facility, no rep, instants that are missing or cannot be
  read. `needed` and `optional` are fields with instants; the column of the text is called `<field>_text`.
#}
{% macro usual_faults(identity, needed, optional=[]) %}
  {%- set cases = [
    [identity ~ ' is null', "'" ~ identity ~ " is missing'"],
    [identity ~ ' in (select ' ~ identity ~ ' from repeated)', "'duplicate key: " ~ identity ~ " ' || " ~ crm.shown(identity)],
    ['facility_id is null', "'facility_id is missing'"],
    ["facility_id = 'all'", "'facility_id \"all\" is kept for the totals'"],
    ['rep_id is null', "'rep_id is missing'"],
  ] -%}
  {%- for field in needed -%}
    {%- do cases.append([field ~ ' is null', "'" ~ field ~ " is no instant: ' || " ~ crm.shown(field ~ '_text')]) -%}
  {%- endfor -%}
  {%- for field in optional -%}
    {%- do cases.append([
      field ~ ' is null and ' ~ field ~ '_text is not null', "'" ~ field ~ " is no instant: ' || " ~ crm.shown(field ~ '_text')
    ]) -%}
  {%- endfor -%}
  {{ return(cases) }}
{% endmacro %}


{# A text that is not among the known values. #}
{% macro unknown(field, known) %}
  {{ return([
    field ~ " is null or " ~ field ~ " not in ('" ~ known | join("', '") ~ "')", "'unknown " ~ field ~ ": ' || " ~ crm.shown(field)
  ]) }}
{% endmacro %}


{# An amount in minor units that cannot be read or is negative. #}
{% macro bad_amounts(field) %}
  {{ return([
    [field ~ ' is null', "'" ~ field ~ " is no amount in the currency of the day: ' || " ~ crm.shown(field ~ '_text')],
    [field ~ ' < 0', "'negative " ~ field ~ ": ' || " ~ crm.shown(field ~ '_text')],
  ]) }}
{% endmacro %}


{# A record's own identity that does not stand among another entity's. #}
{% macro orphan(what, field, parents) %}
  {{ return([[
    field ~ ' is not null and not exists (select 1 from ' ~ parents ~ ' as parents where parents.' ~ field ~ ' = typed.' ~ field ~ ')',
    "'orphan " ~ what ~ ": there is no " ~ field ~ " ' || " ~ crm.shown(field)
  ]]) }}
{% endmacro %}
