-- How many customers the list has.
select count(*) as customers
from query_table('segmentation.' || $dataset || '_customers')
where
    ($segment_id is null or segment_id = $segment_id)
    and contains(lower(customer_id), lower($text))
    and confidence >= $confidence
