-- finding: "Silhouette of what is served: {served:.2f}; the best of all candidates has {best:.2f}"
-- reading: 1 is clusters far from each other, 0 clusters that touch. The marked number is served.
-- chart: lines
-- x: n_clusters
-- y: silhouette
-- x_title: number of clusters
-- y_title: mean silhouette
-- series: algorithm
-- x_form: d
-- y_form: .2f
-- marked: is_selected
-- table: [algorithm, n_clusters, silhouette, is_selected]
select
    algorithm,
    n_clusters,
    silhouette,
    is_selected,
    max(silhouette) filter (where is_selected) over () as served,
    max(silhouette) over () as best
from segmentation.segmentation_candidates
where dataset = $dataset and algorithm <> 'dbscan' and silhouette is not null
order by algorithm desc, n_clusters asc
