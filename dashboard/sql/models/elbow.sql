-- finding: "The elbow lies at {elbow:.0f} clusters; {served:.0f} are served"
-- reading: >
--   Inertia is what clusters leave unexplained. At the elbow, more clusters stop helping much. The marked number is
--   served.
-- chart: lines
-- x: n_clusters
-- y: inertia
-- x_title: number of clusters
-- y_title: inertia of k-means
-- x_form: d
-- marked: is_selected
-- table: [n_clusters, inertia, is_elbow, is_selected]
select
    n_clusters,
    inertia,
    is_elbow,
    is_selected,
    max(n_clusters) filter (where is_elbow) over () as elbow,
    max(n_clusters) filter (where is_selected) over () as served
from segmentation.segmentation_candidates
where dataset = $dataset and algorithm = 'kmeans'
order by n_clusters
