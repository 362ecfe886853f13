{# Schemas are named by layer and area alone, the same in every target: BI tools rely on them. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
