-- finding: "The first tenth of customers brought {first_share:share} of what all spent"
-- chart: bars
-- name: name
-- value: spent
-- unit: spent, net of what came back
-- table: [name, customers, spent, mean_orders]
with customers as (
    select
        customer_id,
        count(*) as orders,
        sum(net_amount) as spent
    from sales.orders
    where dataset = $dataset
    group by customer_id
),

tenths as (
    select
        *,
        ntile(10) over (order by spent desc, customer_id asc) as tenth
    from customers
)

select
    tenth,
    case when tenth = 1 then 'the first tenth' else 'tenth ' || tenth end as name,
    count(*) as customers,
    sum(spent) as spent,
    avg(orders) as mean_orders,
    first_value(sum(spent)) over (order by tenth) / sum(sum(spent)) over () as first_share
from tenths
group by tenth
order by tenth
