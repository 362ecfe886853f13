-- How many customers of each segment are nearly in another one, and in which?
select
    assigned.dataset,
    assigned.segment_name,
    assigned.next_segment_name as nearly_in,
    count(*) as customers,
    round(100.0 * count(*) / any_value(segments.customers), 1) as percent_of_segment
from segmentation.customer_segments as assigned
inner join segmentation.segments as segments using (dataset, segment_id)
where assigned.confidence < 0.2
group by assigned.dataset, assigned.segment_name, assigned.next_segment_name
order by assigned.dataset asc, percent_of_segment desc, assigned.segment_name asc, nearly_in asc
