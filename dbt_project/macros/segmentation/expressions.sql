{# One figure over another as a double; null where there is nothing to divide by. #}
{% macro share(part, whole) -%}
    {{ rounded(part ~ '::double / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}


{# Whether a value lies between two bounds, of which each may be null for none; a missing value does not. #}
{% macro is_within(value, lowest, highest) -%}
    coalesce({{ value }} between coalesce({{ lowest }}, {{ value }}) and coalesce({{ highest }}, {{ value }}), false)
{%- endmacro %}
