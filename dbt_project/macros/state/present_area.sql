{# The name that an area has today: in version 1 propensity was called leads. #}
{% macro present_area(area) -%}
    case {{ area }} when 'leads' then 'propensity' else {{ area }} end
{%- endmacro %}
