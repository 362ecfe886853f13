{{ config(materialized='view') }}

with specs as (
    select * from {{ ref('propensity_specs') }}
),

numeric_features as (
    select
        dataset,
        unnest(numeric) as feature,
        generate_subscripts(numeric, 1) as position,
        flags,
        slices
    from specs
),

categorical_features as (
    select
        dataset,
        unnest(categorical) as feature,
        generate_subscripts(categorical, 1) as position,
        slices
    from specs
),

features as (
    select
        dataset,
        feature,
        case when feature in flags then 'flag' else 'number' end as kind,
        position,
        slices
    from numeric_features
    union all
    select
        dataset,
        feature,
        'category' as kind,
        position,
        slices
    from categorical_features
),

topics as (
    select
        dataset,
        unnest(topics) as declared
    from specs
),

topics_of_features as (
    select
        topics.dataset,
        topics.declared.topic,
        unnest(topics.declared.features) as feature
    from topics
)

select
    features.dataset,
    features.feature,
    features.kind,
    features.position,
    features.feature in features.slices as is_slice,
    list_position(features.slices, features.feature) as slice_number,
    coalesce(topics_of_features.topic, features.feature) as topic
from features
left join topics_of_features using (dataset, feature)
