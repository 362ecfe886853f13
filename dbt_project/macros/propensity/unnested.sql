{# The rows of one nested column of fit_lead_families, with the family they belong to. #}
{% macro unnested(families, column) -%}
    select
        model_name as model_family,
        unnest({{ column }}, max_depth := 2)
    from {{ families }}
{%- endmacro %}
