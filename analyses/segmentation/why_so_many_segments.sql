-- Why so many segments and not more or fewer? K-means by stability: the least stable cluster of a k decides.
select
    dataset,
    n_clusters,
    round(min_jaccard, 3) as least_jaccard,
    round(mean_jaccard, 3) as mean_jaccard,
    round(100 * min_share, 1) as percent_in_smallest,
    round(silhouette, 3) as silhouette,
    is_elbow,
    is_selected
from segmentation.segmentation_candidates
where algorithm = 'kmeans'
order by dataset, n_clusters
