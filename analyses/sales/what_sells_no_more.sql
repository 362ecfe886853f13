-- What sells no more? Products that brought most and that nobody has ordered lately: out of stock, or out of fashion?
select
    product_id,
    description,
    round(net_amount) as net_amount,
    buyers,
    units,
    first_sold_on,
    last_sold_on
from sales.product_sales
where not is_active
order by net_amount desc, product_id asc
limit 30
