{# A sum that is the same in whatever order the rows come: doubles would differ in their last bits. #}
{% macro exact_sum(expression) -%}
    sum(({{ expression }})::decimal(38, 15))::double
{%- endmacro %}


{# A mean that is. A mean of rounded figures often ends on a 5 where it is rounded, so that the last bit decides. #}
{% macro exact_avg(expression) -%}
    {{ exact_sum(expression) }} / count({{ expression }})
{%- endmacro %}
