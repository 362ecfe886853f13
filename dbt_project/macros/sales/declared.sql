{# The model of a data set that holds its order lines. #}
{% macro order_lines_model(dataset) %}
    {{ return(model_read_by('sales', dataset, dataset ~ '_order_lines')) }}
{% endmacro %}


{# How many days before the as-of date a fold's customers are looked at; the 90 days after it judge. #}
{% macro days_before_of(fold) -%}
    case {{ fold }} when 'validation' then 180 when 'holdout' then 90 else 0 end
{%- endmacro %}
