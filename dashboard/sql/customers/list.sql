-- The customers of a segment, those first that are most surely in it.
select
    customer_id,
    segment_name,
    confidence,
    * exclude (customer_id, segment_id, segment_name, recommended_action, distance, confidence, model_run_id)
from query_table('segmentation.' || $dataset || '_customers')
where
    ($segment_id is null or segment_id = $segment_id)
    and contains(lower(customer_id), lower($text))
    and confidence >= $confidence
order by confidence desc, customer_id asc
limit $most offset $skip
