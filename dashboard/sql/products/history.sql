-- finding: "Bought before: {all_products:n product}, the latest on {bought_on:%Y-%m-%d}"
-- reading: At most the latest 30 lines.
-- nothing: No purchase of this customer is known.
-- table: [bought_on, product_id, description, quantity, unit_price, amount, cancelled_quantity]
select
    ordered_at::date as bought_on,
    product_id,
    description,
    quantity,
    unit_price,
    amount,
    cancelled_quantity,
    count(distinct product_id) over () as all_products
from sales.order_lines
where dataset = $dataset and customer_id = $user_id
order by ordered_at desc, order_id asc, line_number asc
limit 30
