-- Who are our customers: which segments are there, how large are they, and what should we do with each?
select
    dataset,
    value_rank,
    segment_id,
    segment_name,
    customers,
    round(100 * customer_share, 1) as percent_of_customers,
    recommended_action
from segmentation.segments
order by dataset, value_rank
