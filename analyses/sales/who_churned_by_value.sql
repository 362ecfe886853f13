-- Who stayed away, and what were they worth? No order for twice their usual gap and 90 days at least; the largest spend first.
select
    customers.customer_id,
    customers.country,
    customers.segment_name,
    customers.monetary_value,
    customers.recency_days as days_since_last_order,
    (max(orders.ordered_on) - min(orders.ordered_on)) // nullif(count(distinct orders.ordered_on) - 1, 0) as usual_days_between
from segmentation.ecommerce_customers as customers
inner join sales.orders as orders using (customer_id)
where orders.dataset = 'ecommerce' and customers.recency_days >= 90
group by all
having days_since_last_order >= 2 * usual_days_between
order by customers.monetary_value desc, customers.customer_id asc
limit 50
