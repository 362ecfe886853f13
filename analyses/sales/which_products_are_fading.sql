-- Which products sell less than they used to? Large ones whose last 30 days fell furthest behind their own 90.
select
    product_id,
    description,
    round(net_amount) as net_amount_of_all_time,
    round(net_amount_90d) as net_amount_90d,
    round(net_amount_30d) as net_amount_30d,
    round(100 * (3 * net_amount_30d / net_amount_90d - 1)) as percent_against_its_90_days,
    last_sold_on
from sales.product_sales
where net_amount_90d > 0
qualify row_number() over (order by net_amount_90d desc, product_id asc) <= 300
order by percent_against_its_90_days asc, net_amount_90d desc, product_id asc
limit 30
