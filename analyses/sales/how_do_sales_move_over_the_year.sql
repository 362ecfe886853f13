-- How do sales move over the year? Month by month, against the month before and the mean month.
select
    month,
    bool_and(is_complete) as is_complete,
    sum(orders) as orders,
    sum(new_customers) as new_customers,
    round(sum(net_amount)) as net_amount,
    round(100 * (sum(net_amount) / lag(sum(net_amount)) over (order by month) - 1), 1) as percent_more_than_before,
    round(100 * sum(net_amount) / avg(sum(net_amount)) over (), 1) as percent_of_mean_month
from sales.monthly_sales
group by month
order by month
