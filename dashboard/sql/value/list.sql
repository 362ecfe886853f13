-- Customers by what they spent, with how probably each buys again.
with customers as (
    select
        dataset,
        customer_id,
        count(*) as orders,
        sum(net_amount) as spent,
        max(ordered_at)::date as last_ordered_on
    from sales.orders
    where dataset = $dataset and contains(lower(customer_id), lower($text))
    group by dataset, customer_id
)

select
    customers.customer_id,
    customers.spent,
    customers.orders,
    customers.last_ordered_on,
    scores.probability,
    scores.reason_1,
    scores.counter_reason_1
from customers
inner join propensity.propensity_scores as scores
    on customers.dataset = scores.dataset and customers.customer_id = scores.entity_id
where scores.probability between $probability_from and $probability_to
order by customers.spent desc, customers.customer_id asc
limit $most offset $skip
