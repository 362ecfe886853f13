-- finding: Which of the {rows} segments are most alike
-- reading: >
--   Which would be merged first, if there were fewer: the further left two lines meet, the more alike their segments are.
-- chart: dendrogram
-- unit: height of the merge (Ward)
-- table: [segment_name, customers]
select
    centroids.segment_id,
    segments.segment_name,
    segments.customers,
    list(centroids.value order by centroids.feature) as centre
from models.segment_centroids as centroids
inner join segmentation.segments using (dataset, segment_id)
where centroids.dataset = $dataset
group by centroids.segment_id, segments.segment_name, segments.customers
order by centroids.segment_id
