-- finding: "Of {rows} candidates, k-means with {served:n cluster} serves"
-- reading: Only k-means is served, because it assigns a new customer; the others are there to compare with.
-- table: [algorithm, n_clusters, silhouette, davies_bouldin, calinski_harabasz, min_jaccard, noise_share, is_selected]
select
    algorithm,
    n_clusters,
    silhouette,
    davies_bouldin,
    calinski_harabasz,
    min_jaccard,
    noise_share,
    is_selected,
    max(n_clusters) filter (where is_selected) over () as served
from segmentation.segmentation_candidates
where dataset = $dataset
order by array_position(['kmeans', 'hierarchical', 'dbscan'], algorithm), n_clusters, candidate_id
