-- When do customers order? By day of the week, for who answers the phone and what is sent when.
select
    isodow(ordered_on) as day_of_week,
    dayname(ordered_on) as day_name,
    count(*) as orders,
    round(100.0 * count(*) / sum(count(*)) over (), 1) as percent_of_orders,
    round(sum(net_amount)) as net_amount,
    round(avg(gross_amount), 2) as mean_order,
    mode(hour(ordered_at) order by hour(ordered_at)) as busiest_hour
from sales.orders
group by day_of_week, day_name
order by day_of_week
