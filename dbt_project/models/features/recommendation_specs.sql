{{ config(materialized='view') }}

-- What each data set asks of recommendations, as its YAML declares it.
{% for dataset in datasets_of('recommendations') %}
{%- set spec = recommendation_spec(dataset) %}
select
    '{{ dataset }}' as dataset,
    {{ spec.lowest_rating }}::double as lowest_rating,
    {{ spec.highest_rating }}::double as highest_rating,
    {{ spec.relevant_rating }}::double as relevant_rating,
    {{ spec.min_ratings_per_user }}::bigint as min_ratings_per_user,
    {{ spec.min_ratings_per_product }}::bigint as min_ratings_per_product
{% if not loop.last %}union all{% endif %}
{%- endfor %}
