-- What will customers be worth in the next 12 months? The 50 with the largest expected value.
select
    expected.value_rank,
    expected.customer_id,
    customers.segment_name,
    customers.monetary_value as spent_so_far,
    customers.frequency as orders_so_far,
    round(100 * expected.purchase_probability_90d) as percent_who_buy_in_90_days,
    expected.next_order_on as next_order_likely_by,
    round(expected.expected_value_90d) as expected_value_90d,
    round(expected.expected_value_365d) as expected_value_365d
from sales.customer_values as expected
inner join segmentation.ecommerce_customers as customers using (customer_id)
order by expected.value_rank
limit 50
