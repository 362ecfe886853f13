with fits as (
    select * from {{ ref('fit_segments') }}
),

features as (
    select * from {{ ref('segmentation_features') }}
),

centroids as (
    select
        dataset,
        model_run_id,
        unnest(centroids, max_depth := 2) as fields
    from fits
)

select
    centroids.dataset,
    centroids.segment_id,
    features.feature,
    centroids.vector[features.position] as value,
    centroids.model_run_id
from centroids
inner join features using (dataset)
order by centroids.dataset, centroids.segment_id, features.position
