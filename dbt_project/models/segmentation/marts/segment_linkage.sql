with fits as (
    select * from {{ ref('fit_segments') }}
),

steps as (
    select
        dataset,
        model_run_id,
        unnest(linkage, max_depth := 2) as fields
    from fits
)

select
    dataset,
    step,
    left_node,
    right_node,
    distance,
    customers,
    model_run_id
from steps
order by dataset, step
