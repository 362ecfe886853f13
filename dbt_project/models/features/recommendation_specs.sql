{{ config(materialized='view') }}

-- What each data set asks of recommendations, as its YAML declares it.
{% for dataset in datasets_of('recommendations') %}
{%- set spec = recommendation_spec(dataset) %}
select
    '{{ dataset }}' as dataset,
    {{ spec.has_stars }} as has_stars,
    {{ spec.lowest_rating }}::double as lowest_rating,
    {{ spec.highest_rating }}::double as highest_rating,
    {{ spec.relevant_rating }}::double as relevant_rating,
    {{ spec.min_ratings_per_user or 1 }}::bigint as min_ratings_per_user,
    {{ spec.min_ratings_per_product or 1 }}::bigint as min_ratings_per_product,
    {{ literal(spec.get('cut_offs')) }}::integer as cut_offs,
    {{ literal(spec.get('days_judged')) }}::integer as days_judged,
    {{ literal(spec.get('recent_days')) }}::integer as recent_days,
    {{ literal(spec.get('active_days')) }}::integer as active_days
{% if not loop.last %}union all{% endif %}
{%- endfor %}
