-- finding: "All {rows} candidates"
-- reading: Only k-means is served, because it assigns a new customer; the others are there to compare with.
select
    algorithm,
    n_clusters,
    silhouette,
    davies_bouldin,
    calinski_harabasz,
    min_jaccard,
    noise_share,
    is_selected
from segmentation.segmentation_candidates
where dataset = $dataset
order by array_position(['kmeans', 'hierarchical', 'dbscan'], algorithm), n_clusters, candidate_id
