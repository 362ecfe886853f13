{# The model of a data set that holds its ratings: user_id, product_id, rating, rated_at. #}
{% macro ratings_model(dataset) %}
    {{ return('stg_' ~ dataset ~ '__' ~ source_entities()[dataset]) }}
{% endmacro %}


{# What a data set asks of recommendations, as its YAML states it, with the scale of its raw ratings. #}
{% macro recommendation_spec(dataset) %}
    {%- if not execute -%}{{ return({}) }}{%- endif -%}
    {%- set spec = declared_of(dataset, 'recommendations') -%}
    {%- set scale = rating_scale(dataset) -%}
    {%- set relevant = spec.relevant_rating | float -%}
    {%- if not scale.min <= relevant <= scale.max -%}
        {%- do stop(
            dataset ~ ': relevant_rating is ' ~ relevant ~ ', and its ratings are from ' ~ scale.min ~ ' to ' ~ scale.max
            ~ ': state one of these (the data set ratings takes the var recommender_relevant_rating).'
        ) -%}
    {%- endif -%}
    {{ return(dict(spec, lowest_rating=scale.min, highest_rating=scale.max)) }}
{% endmacro %}


{# What is declared of the raw column `rating` of a data set: its min and max. #}
{% macro rating_scale(dataset) %}
    {%- for table in graph.sources.values() if table.source_name == dataset -%}
        {%- set scale = table.columns.rating.config.meta -%}
        {%- if scale.min is not number or scale.max is not number -%}
            {%- do stop(dataset ~ ': the column rating in _' ~ dataset ~ '__sources.yml lacks its min or max: state its scale.') -%}
        {%- endif -%}
        {{ return(scale) }}
    {%- endfor -%}
{% endmacro %}
