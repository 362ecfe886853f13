-- Customers by what they are expected to bring.
select
    value_rank,
    customer_id,
    expected_value_90d,
    purchase_probability_90d,
    expected_orders_90d,
    expected_order_value,
    expected_value_365d,
    next_order_on
from sales.customer_values
where
    dataset = $dataset
    and contains(lower(customer_id), lower($text))
    and purchase_probability_90d between $probability_from and $probability_to
order by value_rank
limit $most offset $skip
