{#
    The segment of every customer of a relation with the features of a data set: customer_id,
    segment_id, distance to its centre, confidence (1 - distance to the own centre / distance to the
    next one), the scaled vector and model_run_id. Ties go to the smaller segment_id.

    The features are clipped, logged, centred and scaled exactly as they were for the fit.
#}
{% macro assign_segments(features_relation, dataset) %}
    with model as (
        select * from {{ ref('fit_' ~ dataset ~ '_segments') }}
    ),

    scaled as (
        select
            customers.customer_id,
            {{ scaled_vector(segmentation_spec(dataset).features) }} as vector,
            model.centroids,
            model.model_run_id
        from {{ features_relation }} as customers
        cross join model
    ),

    measured as (
        select
            customer_id,
            vector,
            model_run_id,
            {{ nearest_centroids('vector', 'centroids') }} as nearest
        from scaled
    )

    select
        customer_id,
        nearest[1].segment_id as segment_id,
        nearest[1].distance as distance,
        {{ rounded('coalesce(1 - nearest[1].distance / nearest[2].distance, 1)') }} as confidence,
        vector,
        model_run_id
    from measured
{% endmacro %}


{# A customer's features as the list of doubles that is clustered. #}
{% macro scaled_vector(features) %}{{ return(adapter.dispatch('scaled_vector')(features)) }}{% endmacro %}

{% macro default__scaled_vector(features) -%}
    [
        {%- for feature in features %}
        {%- set clipped = 'least(greatest(customers.' ~ adapter.quote(feature) ~ '::double, model.features[' ~ loop.index ~ '].lower_bound), model.features[' ~ loop.index ~ '].upper_bound)' %}
        (
            case when model.features[{{ loop.index }}].is_log then ln(1 + {{ clipped }}) else {{ clipped }} end
            - model.features[{{ loop.index }}].center
        ) / model.features[{{ loop.index }}].scale
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ]
{%- endmacro %}


{# The centroids of a list as structs of distance and segment_id, nearest first. #}
{% macro nearest_centroids(vector, centroids) %}{{ return(adapter.dispatch('nearest_centroids')(vector, centroids)) }}{% endmacro %}

{% macro default__nearest_centroids(vector, centroids) -%}
    list_sort(list_transform({{ centroids }}, lambda c: {
        'distance': {{ rounded('list_distance(' ~ vector ~ ', c.vector)') }},
        'segment_id': c.segment_id
    }))
{%- endmacro %}


{# The coordinate of a vector on a principal component. #}
{% macro projected(vector, component) %}{{ return(adapter.dispatch('projected')(vector, component)) }}{% endmacro %}

{% macro default__projected(vector, component) -%}
    {{ rounded('list_inner_product(' ~ vector ~ ', ' ~ component ~ '.loadings) - list_inner_product(' ~ component ~ '.mean, ' ~ component ~ '.loadings)') }}
{%- endmacro %}
