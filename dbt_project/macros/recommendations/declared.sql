{# The model of a data set that holds its ratings: user_id, product_id, rating, rated_at. #}
{% macro ratings_model(dataset) %}
    {{ return('stg_' ~ dataset ~ '__' ~ source_entities()[dataset]) }}
{% endmacro %}


{# What a data set asks of recommendations, as its YAML states it. #}
{% macro recommendation_spec(dataset) %}
    {%- if not execute -%}{{ return({'rating_scale': [0, 0]}) }}{%- endif -%}
    {{ return(declared_of(dataset, 'recommendations')) }}
{% endmacro %}
