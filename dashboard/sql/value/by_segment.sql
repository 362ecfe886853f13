-- finding: "{segment_name} will bring most in a year: {expected_value_365d}"
-- chart: bars
-- name: segment_name
-- value: expected_value_365d
-- unit: expected value of the next 365 days
-- colours: segment
-- table: [segment_name, customers, expected_value_365d, mean_expected_value_365d, mean_probability_alive]
select
    segments.segment_id,
    segments.segment_name,
    count(*) as customers,
    sum(customer_values.expected_value_365d) as expected_value_365d,
    avg(customer_values.expected_value_365d) as mean_expected_value_365d,
    avg(customer_values.probability_alive) as mean_probability_alive
from sales.customer_values
inner join segmentation.customer_segments using (dataset, customer_id)
inner join segmentation.segments using (dataset, segment_id)
where customer_values.dataset = $dataset
group by segments.segment_id, segments.segment_name
order by expected_value_365d desc
