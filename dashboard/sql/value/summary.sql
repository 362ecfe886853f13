-- What all customers have brought.
with customers as (
    select
        count(*) as orders,
        sum(net_amount) as spent
    from sales.orders
    where dataset = $dataset
    group by customer_id
),

ranked as (
    select
        *,
        percent_rank() over (order by spent desc) as place
    from customers
)

select
    count(*) as customers,
    sum(spent) as spent,
    sum(spent) filter (where place < .1) / nullif(sum(spent), 0) as share_of_first_tenth,
    count(*) filter (where orders > 1) / count(*) as share_who_ordered_again
from ranked
