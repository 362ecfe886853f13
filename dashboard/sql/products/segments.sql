-- Segments of which it is known what they buy.
select distinct
    segments.segment_id,
    segments.segment_name,
    segments.value_rank
from segmentation.segment_product_recommendations
inner join segmentation.segments using (dataset, segment_id)
where segments.dataset = $dataset
order by segments.value_rank
