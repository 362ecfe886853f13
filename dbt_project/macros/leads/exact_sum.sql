{# A sum that is the same in whatever order the rows come: doubles would differ in their last bits. #}
{% macro exact_sum(expression) -%}
    sum(({{ expression }})::decimal(38, 15))::double
{%- endmacro %}
