-- Whom do we write to about a product? Customers on whose list the most listed one comes first; the largest spend first.
with offer as (
    select mode(product_id order by product_id) as product_id
    from recommendations.product_recommendations
    where dataset = 'ecommerce' and rank = 1
)

select
    customers.customer_id,
    customers.segment_name,
    customers.monetary_value,
    customers.recency_days as days_since_last_order,
    shown.product_name,
    shown.reason
from recommendations.product_recommendations as shown
inner join offer using (product_id)
inner join segmentation.ecommerce_customers as customers on shown.user_id = customers.customer_id
where shown.dataset = 'ecommerce' and shown.rank = 1
order by customers.monetary_value desc, customers.customer_id asc
limit 50
