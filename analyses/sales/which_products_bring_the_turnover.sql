-- Which products bring the turnover, and do they still? The thirty that sold for most in the last 90 days.
select
    product_id,
    description,
    round(net_amount_90d) as net_amount_90d,
    round(100 * net_amount_90d / sum(net_amount_90d) over (), 2) as percent_of_turnover,
    buyers_90d,
    units_90d,
    last_sold_on
from sales.product_sales
order by net_amount_90d desc, product_id asc
limit 30
