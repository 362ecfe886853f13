-- What all customers are expected to bring.
with customers as (
    select
        *,
        count(*) over () as total
    from sales.customer_values
    where dataset = $dataset
)

select
    count(*) as customers,
    sum(expected_value_90d) as expected_value_90d,
    sum(expected_value_365d) as expected_value_365d,
    sum(expected_value_90d) filter (where value_rank <= .1 * total) / sum(expected_value_90d) as share_of_first_tenth,
    count(*) filter (where probability_alive < .5) as lost_customers
from customers
