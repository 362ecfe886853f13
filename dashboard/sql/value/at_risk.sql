-- finding: "Of {at_risk:n customer} who will probably not buy again soon, these spent most"
-- reading: >
--   It is likelier that they buy nothing in the time that the model asks about than that they do. The first 20; the list has all.
-- nothing: Everybody will probably buy again.
-- table: [customer_id, spent, orders, last_ordered_on, probability, expected_value_365d, reason_against]
with customers as (
    select
        dataset,
        customer_id,
        count(*) as orders,
        sum(net_amount) as spent,
        max(ordered_at)::date as last_ordered_on
    from sales.orders
    where dataset = $dataset
    group by dataset, customer_id
)

select
    customers.customer_id,
    customers.spent,
    customers.orders,
    customers.last_ordered_on,
    scores.probability,
    expected.expected_value_365d,
    scores.counter_reason_1 as reason_against,
    count(*) over () as at_risk
from customers
inner join propensity.propensity_scores as scores
    on customers.dataset = scores.dataset and customers.customer_id = scores.entity_id
left join sales.customer_values as expected
    on customers.dataset = expected.dataset and customers.customer_id = expected.customer_id
where scores.probability < .5
order by customers.spent desc, customers.customer_id asc
limit 20
