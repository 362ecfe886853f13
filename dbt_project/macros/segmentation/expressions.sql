{# One figure over another as a double; null where there is nothing to divide by. #}
{% macro share(part, whole) -%}
    {{ rounded(part ~ '::double / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}
