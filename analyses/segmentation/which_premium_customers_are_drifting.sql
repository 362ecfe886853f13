-- Which of the most valuable retail customers are drifting down? Nearly in a less valuable segment, the largest spend first.
select
    customers.customer_id,
    customers.total_spend,
    customers.days_since_last_purchase,
    customers.segment_name,
    assigned.next_segment_name as drifting_to,
    round(customers.confidence, 2) as confidence
from segmentation.retail_customers as customers
inner join segmentation.customer_segments as assigned
    on assigned.dataset = 'retail' and customers.customer_id = assigned.customer_id
inner join segmentation.segments as segments
    on segments.dataset = 'retail' and customers.segment_id = segments.segment_id
where segments.value_rank = 1 and customers.confidence < 0.2
order by customers.total_spend desc, customers.customer_id asc
limit 50
