-- What do the customers of each online segment get to see most often?
select
    customers.segment_name,
    shown.product_id,
    any_value(shown.product_name) as product_name,
    count(*) as customers_who_see_it,
    round(100.0 * count(*) / any_value(segments.customers), 1) as percent_of_segment
from recommendations.product_recommendations as shown
inner join segmentation.ecommerce_customers as customers on shown.user_id = customers.customer_id
inner join segmentation.segments as segments
    on segments.dataset = 'ecommerce' and customers.segment_id = segments.segment_id
where shown.dataset = 'ecommerce'
group by customers.segment_name, shown.product_id
qualify row_number() over (partition by customers.segment_name order by count(*) desc, shown.product_id asc) <= 5
order by customers.segment_name asc, customers_who_see_it desc, shown.product_id asc
