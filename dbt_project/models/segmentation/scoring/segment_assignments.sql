-- The nearest centroid of every customer; ties go to the smaller segment_id.
with feature_values as (
    select
        dataset,
        customer_id,
        feature,
        number_value
    from {{ ref('customer_feature_values') }}
),

models as (
    select
        dataset,
        features,
        centroids,
        model_run_id
    from {{ ref('fit_segments') }}
),

features as (
    select
        dataset,
        {{ fields_of('features') }}
    from models
),

-- By name, so that a stored model goes on with its own features when others are asked for.
scaled as (
    select
        feature_values.dataset,
        feature_values.customer_id,
        features.position,
        {{ scaled_value('feature_values.number_value', 'features') }} as scaled_value
    from feature_values
    inner join features using (dataset, feature)
),

vectors as (
    select
        dataset,
        customer_id,
        {{ scaled_vector('scaled_value', 'position') }} as vector
    from scaled
    group by dataset, customer_id
),

measured as (
    select
        vectors.dataset,
        vectors.customer_id,
        vectors.vector,
        models.model_run_id,
        {{ nearest_centroids('vectors.vector', 'models.centroids') }} as nearest
    from vectors
    inner join models using (dataset)
)

select
    dataset,
    customer_id,
    {{ element('nearest', 1) }}.segment_id as segment_id,
    {{ element('nearest', 1) }}.distance as distance,
    {{ rounded('coalesce(1 - ' ~ element('nearest', 1) ~ '.distance / ' ~ element('nearest', 2) ~ '.distance, 1)') }} as confidence,
    {{ element('nearest', 2) }}.segment_id as next_segment_id,
    vector,
    model_run_id
from measured
