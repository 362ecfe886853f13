-- What did a customer buy? The orders of the customer who spent most; put another customer_id into the filter.
select
    customer_id,
    order_id,
    ordered_on,
    order_number,
    lines,
    units,
    net_amount,
    sum(net_amount) over (order by order_number) as net_amount_so_far
from sales.orders
where customer_id = (select max_by(customers.customer_id, customers.monetary_value) from segmentation.ecommerce_customers as customers)
order by order_number
