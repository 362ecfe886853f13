with fits as (
    select * from {{ ref('fit_segments') }}
),

candidates as (
    select
        dataset,
        customer_ids,
        unnest(candidates, max_depth := 2) as fields
    from fits
)

select
    dataset,
    candidate_id,
    unnest(customer_ids) as customer_id,
    algorithm,
    unnest(labels) as cluster_label
from candidates
where is_labelled
