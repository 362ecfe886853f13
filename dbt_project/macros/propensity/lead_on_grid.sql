{# The features of a lead, with the one that the grid is about replaced by the value of the grid. #}
{% macro lead_on_grid(lead, grid) -%}
    {%- for column in lead_numbers() %}
    case
        when {{ grid }}.feature != '{{ column }}' then {{ lead }}.{{ column }}::double
        when {{ grid }}.feature_value in ('true', 'false') then ({{ grid }}.feature_value = 'true')::double
        else {{ grid }}.feature_value::double
    end as {{ column }},
    {%- endfor %}
    {%- for column in lead_categories() %}
    case when {{ grid }}.feature = '{{ column }}' then {{ grid }}.feature_value else {{ lead }}.{{ column }} end as {{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
