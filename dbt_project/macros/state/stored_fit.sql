{# What a fit of the previous generation stored: all of its columns, or no row where there is none. #}
{% macro stored_fit(name) -%}
    select * from {{ source('previous_models', name) }}
{%- endmacro %}
