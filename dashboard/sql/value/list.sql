-- Customers by what they are expected to bring; or those who brought much and are probably lost.
select
    value_rank,
    customer_id,
    probability_alive,
    purchase_probability_90d,
    expected_orders_90d,
    expected_order_value,
    expected_value_90d,
    expected_value_365d,
    next_order_on
from sales.customer_values
where
    dataset = $dataset
    and contains(lower(customer_id), lower($text))
    and probability_alive between $alive_from and $alive_to
order by value_rank
limit $most offset $skip
