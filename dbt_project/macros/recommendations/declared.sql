{# The model of a data set that holds its ratings or purchases: user_id, product_id, rating, rated_at. #}
{% macro ratings_model(dataset) %}
    {{ return(model_read_by('recommendations', dataset, 'stg_' ~ dataset ~ '__' ~ source_entities()[dataset])) }}
{% endmacro %}


{# What a data set asks of recommendations, as its YAML states it, with the scale of its raw ratings. #}
{% macro recommendation_spec(dataset) %}
    {%- if not (execute and graph.nodes) -%}{{ return({}) }}{%- endif -%}
    {%- set spec = declared_of(dataset, 'recommendations') -%}
    {%- set scale = rating_scale(dataset) -%}
    {%- if not scale -%}{{ return(dict(spec, has_stars=false, lowest_rating=0, highest_rating=1, relevant_rating=1)) }}{%- endif -%}
    {%- set relevant = spec.relevant_rating | float -%}
    {%- if not scale.min <= relevant <= scale.max -%}
        {%- do stop(
            dataset ~ ': relevant_rating is ' ~ relevant ~ ', and its ratings are from ' ~ scale.min ~ ' to ' ~ scale.max
            ~ ': state one of these (the data set ratings takes the var recommender_relevant_rating).'
        ) -%}
    {%- endif -%}
    {{ return(dict(spec, has_stars=true, lowest_rating=scale.min, highest_rating=scale.max)) }}
{% endmacro %}


{# What is declared of the raw column `rating` of a data set: its min and max; nothing where it has no such column. #}
{% macro rating_scale(dataset) %}
    {%- for table in graph.sources.values() if table.source_name == dataset and 'rating' in table.columns -%}
        {%- set scale = table.columns.rating.config.meta -%}
        {%- if scale.min is not number or scale.max is not number -%}
            {%- do stop(dataset ~ ': the column rating in _' ~ dataset ~ '__sources.yml lacks its min or max: state its scale.') -%}
        {%- endif -%}
        {{ return(scale) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
