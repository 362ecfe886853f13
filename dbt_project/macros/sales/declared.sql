{# The model of a data set that holds its order lines. #}
{% macro order_lines_model(dataset) %}
    {{ return(model_read_by('sales', dataset, dataset ~ '_order_lines')) }}
{% endmacro %}
