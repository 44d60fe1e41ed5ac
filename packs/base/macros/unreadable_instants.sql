{#
  Whether one of the texts, which may be empty, says something that is no instant. Read as null it would look as if nothing had
  happened yet: a conversation without an answer, a breach that nobody mended.
#}
{% macro unreadable_instants(texts) -%}
  (
    {%- for text in texts %}
    coalesce(trim({{ text }}), '') <> '' and ({{ base.instant(text) }}) is null{{ " or" if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}
