{# The instant at which the shop's clocks show a time (`17:00`) on a shop day, by the zone that holds then. #}
{% macro day_time(day, time) -%}
  {%- set zones = base.zones_newest_first() -%}
  {%- set local = '(cast(' ~ day ~ ' as date) + time ' ~ base.quoted(time) ~ ')' -%}
  {%- if zones | length == 1 -%}
    timezone({{ base.quoted(zones[0].zone) }}, {{ local }})
  {%- else -%}
    case
    {%- for row in zones %}
      {% if row.get('from') is not none -%}
      when timezone({{ base.quoted(row.zone) }}, {{ local }}) >= timestamptz {{ base.quoted(row['from']) }} then {% else %}else {% endif -%}
      timezone({{ base.quoted(row.zone) }}, {{ local }})
    {%- endfor %}
    end
  {%- endif -%}
{%- endmacro %}
