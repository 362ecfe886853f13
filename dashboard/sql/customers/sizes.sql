-- finding: "The largest of {rows} segments is {segment_name}: {customers} of {all_customers:n customer}."
-- chart: bars
-- name: segment_name
-- value: customers
-- unit: customers
-- colours: segment
-- table: [segment_name, customers, customer_share]
select
    segment_id,
    segment_name,
    customers,
    customer_share,
    sum(customers) over () as all_customers
from segmentation.segments
where dataset = $dataset
order by customers desc, segment_id asc
