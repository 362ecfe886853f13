-- finding: "{segment_name} are expected to bring most: {expected_value_90d}"
-- chart: bars
-- name: segment_name
-- value: expected_value_90d
-- unit: expected value of the next 90 days
-- colours: segment
-- table: [segment_name, customers, expected_value_90d, mean_expected_value_90d, mean_purchase_probability_90d]
select
    segments.segment_id,
    segments.segment_name,
    count(*) as customers,
    sum(customer_values.expected_value_90d) as expected_value_90d,
    avg(customer_values.expected_value_90d) as mean_expected_value_90d,
    avg(customer_values.purchase_probability_90d) as mean_purchase_probability_90d
from sales.customer_values
inner join segmentation.customer_segments using (dataset, customer_id)
inner join segmentation.segments using (dataset, segment_id)
where customer_values.dataset = $dataset
group by segments.segment_id, segments.segment_name
order by expected_value_90d desc, segments.segment_id asc
