-- finding: "Cannot lose them: {rows:n customer} who spent much and are probably gone"
-- reading: >
--   It is likelier that they will not come back than that they will. Those who spent most come first.
-- nothing: No customer is probably gone.
-- table: [customer_id, spent, orders, last_ordered_on, probability_alive]
with spent as (
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
    spent.customer_id,
    spent.spent,
    spent.orders,
    spent.last_ordered_on,
    customer_values.probability_alive
from spent
inner join sales.customer_values using (dataset, customer_id)
where customer_values.probability_alive < .5
order by spent.spent desc, spent.customer_id asc
limit 20
