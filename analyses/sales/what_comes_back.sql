-- What comes back? Products of which customers cancel most money, and how much of their sales it is.
select
    product_id,
    mode(description order by description) as description,
    round(sum(amount)) as gross_amount,
    round(sum(cancelled_quantity * unit_price)) as cancelled_amount,
    round(100 * sum(cancelled_quantity * unit_price) / sum(amount), 1) as percent_cancelled,
    count(distinct customer_id) filter (where cancelled_quantity > 0) as customers_who_cancelled
from sales.order_lines
group by product_id
having sum(cancelled_quantity) > 0
order by cancelled_amount desc, product_id asc
limit 30
