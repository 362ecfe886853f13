{{ config(materialized='view') }}

with baselines as (
    select
        area,
        dataset,
        feature,
        bin,
        edges,
        share,
        n_rows
    from {{ source('previous_models', 'feature_baselines') }}
),

-- Generations of version 1 knew one area per data set.
areas as (
    select
        dataset,
        any_value(area) as area
    from {{ ref('previous_training_decisions') }}
    group by dataset
    having count(*) = 1
)

select baselines.* replace (coalesce({{ present_area('baselines.area') }}, areas.area) as area)
from baselines
left join areas using (dataset)
