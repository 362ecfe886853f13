-- How many customers the list has.
select count(distinct orders.customer_id) as customers
from sales.orders
inner join propensity.propensity_scores as scores
    on orders.dataset = scores.dataset and orders.customer_id = scores.entity_id
where
    orders.dataset = $dataset
    and contains(lower(orders.customer_id), lower($text))
    and scores.probability between $probability_from and $probability_to
