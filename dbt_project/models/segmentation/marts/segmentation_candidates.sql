with fits as (
    select * from {{ ref('fit_segments') }}
),

candidates as (
    select
        dataset,
        model_run_id,
        unnest(candidates, max_depth := 2) as fields
    from fits
)

select
    candidate_id,
    dataset,
    algorithm,
    n_clusters,
    params::json as params,
    inertia,
    silhouette,
    davies_bouldin,
    calinski_harabasz,
    min_jaccard,
    mean_jaccard,
    mean_adjusted_rand,
    min_share,
    noise_share,
    is_elbow,
    is_selected,
    model_run_id
from candidates
order by dataset, algorithm, candidate_id
