{# The features of every customer of a data set with the segment that it is in. #}
{% macro customers_with_segments(dataset) %}
    with features as (
        select * from {{ ref(dataset ~ '_features') }}
    ),

    assignments as (
        select * from {{ ref(dataset ~ '_segment_assignments') }}
    ),

    segments as (
        select * from {{ ref(dataset ~ '_segments') }}
    )

    select
        features.*,
        assignments.segment_id,
        segments.segment_name,
        segments.recommended_action,
        assignments.distance,
        assignments.confidence,
        assignments.model_run_id
    from features
    inner join assignments using (customer_id)
    inner join segments using (segment_id)
{% endmacro %}
