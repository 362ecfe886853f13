-- Which customers of the shop are worth a reminder: valuable, and not sure to buy again within 90 days?
select
    customers.customer_id,
    customers.segment_name,
    customers.monetary_value,
    customers.recency_days as days_since_the_last_order,
    round(100 * scores.probability) as percent_probability,
    scores.reason_1,
    scores.counter_reason_1
from propensity.propensity_scores as scores
inner join segmentation.ecommerce_customers as customers on scores.entity_id = customers.customer_id
where scores.dataset = 'ecommerce' and scores.priority = 'warm'
order by customers.monetary_value desc, customers.customer_id asc
limit 100
