with fits as (
    select * from {{ ref('fit_segments') }}
),

candidates as (
    select
        dataset,
        customer_ids,
        unnest(candidates, max_depth := 2) as fields
    from fits
),

labels as (
    select
        dataset,
        candidate_id,
        unnest(customer_ids) as customer_id,
        algorithm,
        is_selected,
        unnest(labels) as cluster_label
    from candidates
    where is_labelled
),

silhouettes as (
    select
        dataset,
        true as is_selected,
        unnest(silhouettes, max_depth := 2) as fields
    from fits
)

select
    labels.dataset,
    labels.candidate_id,
    labels.customer_id,
    labels.algorithm,
    labels.cluster_label,
    silhouettes.silhouette
from labels
left join silhouettes using (dataset, is_selected, customer_id)
