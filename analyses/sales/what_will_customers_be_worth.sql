-- What will customers be worth in the next 12 months? The 50 with the largest expected value, and how likely they are to be there.
select
    expected.value_rank,
    expected.customer_id,
    customers.segment_name,
    customers.monetary_value as spent_so_far,
    customers.frequency as orders_so_far,
    round(100 * expected.probability_alive) as percent_still_a_customer,
    round(expected.expected_orders_90d, 1) as expected_orders_90d,
    round(expected.expected_value_90d) as expected_value_90d,
    round(expected.expected_value_365d) as expected_value_365d
from sales.customer_values as expected
inner join segmentation.ecommerce_customers as customers using (customer_id)
order by expected.value_rank
limit 50
