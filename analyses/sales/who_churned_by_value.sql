-- Who stayed away, and what were they worth? No order for twice their usual gap and 90 days at least; the largest spend first.
select
    customer_id,
    country,
    segment_name,
    monetary_value,
    frequency as orders,
    recency_days as days_since_last_order,
    round((tenure_days - recency_days) / (frequency - 1)) as usual_days_between_orders
from segmentation.ecommerce_customers
where frequency > 1 and recency_days >= greatest(90, 2 * (tenure_days - recency_days) / (frequency - 1))
order by monetary_value desc, customer_id asc
limit 50
