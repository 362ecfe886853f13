with fits as (
    select * from {{ ref('fit_segments') }}
),

features as (
    select
        dataset,
        model_run_id,
        unnest(features, max_depth := 2) as fields
    from fits
)

select
    dataset,
    feature,
    position,
    is_log,
    lower_bound,
    upper_bound,
    center,
    scale,
    model_run_id
from features
order by dataset, position
