-- finding: "Drawn anew, the least stable segment comes back with a Jaccard of {served:.2f}"
-- reading: >
--   How much of each cluster is found again in bootstrap samples: from 0.85 on a cluster is stable, below 0.6 it may be
--   chance.
-- chart: lines
-- x: n_clusters
-- y: min_jaccard
-- x_title: number of clusters
-- y_title: Jaccard of the least stable cluster
-- x_form: d
-- y_form: .2f
-- marked: is_selected
-- table: [n_clusters, min_jaccard, mean_jaccard, is_selected]
select
    n_clusters,
    min_jaccard,
    mean_jaccard,
    is_selected,
    max(min_jaccard) filter (where is_selected) over () as served
from segmentation.segmentation_candidates
where dataset = $dataset and algorithm = 'kmeans' and min_jaccard is not null
order by n_clusters
