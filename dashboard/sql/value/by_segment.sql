-- finding: "{segment_name} brought most: {spent}"
-- chart: bars
-- name: segment_name
-- value: spent
-- unit: spent, net of what came back
-- colours: segment
-- table: [segment_name, customers, spent, mean_spent]
with customers as (
    select
        dataset,
        customer_id,
        sum(net_amount) as spent
    from sales.orders
    where dataset = $dataset
    group by dataset, customer_id
)

select
    segments.segment_id,
    segments.segment_name,
    count(*) as customers,
    sum(customers.spent) as spent,
    avg(customers.spent) as mean_spent
from customers
inner join segmentation.customer_segments using (dataset, customer_id)
inner join segmentation.segments using (dataset, segment_id)
group by segments.segment_id, segments.segment_name
order by spent desc
