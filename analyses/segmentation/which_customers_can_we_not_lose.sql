-- Which online customers can we not lose? They bought most often and have stayed away since; the largest spend first.
select
    customer_id,
    country,
    segment_name,
    monetary_value,
    frequency as orders,
    recency_days as days_since_last_order,
    round(tenure_days / frequency) as days_from_order_to_order,
    recommended_action
from segmentation.ecommerce_customers
where rfm_cell = 'Cannot lose them'
order by monetary_value desc, customer_id asc
limit 50
