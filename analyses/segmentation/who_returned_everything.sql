-- Which online customers sent everything back? Ask them why before anything else is sent to them.
-- No row where nobody did.
select
    customer_id,
    country,
    segment_name,
    frequency as orders,
    distinct_products,
    average_basket,
    recency_days as days_since_last_order,
    recommended_action
from segmentation.ecommerce_customers
where return_share >= 1
order by average_basket desc, customer_id asc
