{#
  The name of an advertising platform, or of a channel that may be one, in one spelling: `Facebook Ads` and `Instagram` are `meta`.
  Any other name stays, in lower case; an empty one is null.
#}
{% macro ad_platform(name) -%}
  {%- set plain = "regexp_replace(regexp_replace(lower(trim(" ~ name ~ ")), '[ _-]+', '_', 'g'), '_?ads$', '')" -%}
  case
    when {{ plain }} in ('meta', 'facebook', 'fb', 'instagram') then 'meta'
    when {{ plain }} in ('tiktok', 'tik_tok') then 'tiktok'
    when {{ plain }} in ('google', 'adwords') then 'google'
    when trim({{ name }}) <> '' then coalesce(nullif({{ plain }}, ''), 'paid')
  end
{%- endmacro %}
