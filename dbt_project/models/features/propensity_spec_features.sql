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
)

select
    dataset,
    feature,
    case when feature in flags then 'flag' else 'number' end as kind,
    position,
    feature in slices as is_slice,
    list_position(slices, feature) as slice_number
from numeric_features

union all

select
    dataset,
    feature,
    'category' as kind,
    position,
    feature in slices as is_slice,
    list_position(slices, feature) as slice_number
from categorical_features
