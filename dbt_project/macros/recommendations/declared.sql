{# The data sets of an area that are switched on. #}
{% macro datasets_of(area) %}
    {{ return(enabled_areas().get(area, [])) }}
{% endmacro %}


{# The model of a data set that holds its ratings: user_id, product_id, rating, rated_at. #}
{% macro ratings_model(dataset) %}
    {{ return('stg_' ~ dataset ~ '__' ~ source_entities()[dataset]) }}
{% endmacro %}


{# What the YAML of a model declares for an area, in `config.meta`. #}
{% macro declared_meta(model_name, area) %}
    {%- if not execute -%}{{ return({'rating_scale': [0, 0], 'relevant_rating': 0, 'min_ratings_per_user': 0, 'min_ratings_per_product': 0}) }}{%- endif -%}
    {{ return(model_node(model_name).config.meta[area]) }}
{% endmacro %}
