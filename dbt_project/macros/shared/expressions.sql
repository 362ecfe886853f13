{# A value as a SQL literal. #}
{% macro literal(value) -%}
    {%- if value is none -%}
        null
    {%- elif value is number -%}
        {{ value }}
    {%- else -%}
        '{{ value | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}


{# A floating figure at the precision at which it ranks and is published. #}
{% macro rounded(expression) -%}
    round({{ expression }}, {{ var('published_digits') }})
{%- endmacro %}


{# Texts as a list for `in`. #}
{% macro sql_list(texts) -%}
    ({% for text in texts %}{{ literal(text) }}{% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}
