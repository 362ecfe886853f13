{# The rows of one nested column of fit_propensity_families, with the data set and family they belong to. #}
{% macro unnested(families, column) -%}
    select
        dataset,
        model_name as model_family,
        {{ fields_of(column) }}
    from {{ families }}
{%- endmacro %}
