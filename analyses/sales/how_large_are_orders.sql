-- How large are orders, and what do the large ones bring?
select
    case
        when gross_amount < 100 then '1. below 100'
        when gross_amount < 250 then '2. from 100'
        when gross_amount < 500 then '3. from 250'
        when gross_amount < 1000 then '4. from 500'
        else '5. from 1,000'
    end as size_of_order,
    count(*) as orders,
    round(100.0 * count(*) / sum(count(*)) over (), 1) as percent_of_orders,
    round(100 * sum(net_amount) / sum(sum(net_amount)) over (), 1) as percent_of_turnover,
    round(avg(lines), 1) as mean_lines,
    count(distinct customer_id) as customers
from sales.orders
group by size_of_order
order by size_of_order
