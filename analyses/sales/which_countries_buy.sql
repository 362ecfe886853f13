-- Which countries buy, and how large are their orders?
select
    coalesce(country, 'unknown') as country,
    count(distinct customer_id) as customers,
    count(*) as orders,
    round(sum(net_amount)) as net_amount,
    round(100 * sum(net_amount) / sum(sum(net_amount)) over (), 1) as percent_of_turnover,
    round(avg(gross_amount), 2) as mean_order,
    round(median(gross_amount), 2) as median_order
from sales.orders
group by all
order by net_amount desc, country asc
