-- How fast does a second order follow, and a third? Days from order to order, by the number of the order.
with gaps as (
    select
        order_number,
        date_diff('day', lag(ordered_on) over (partition by dataset, customer_id order by order_number), ordered_on) as days
    from sales.orders
)

select
    order_number,
    count(*) as customers,
    round(100.0 * count(*) / first(count(*)) over (order by order_number), 1) as percent_of_all,
    quantile_disc(days, 0.25) as quarter_within_days,
    quantile_disc(days, 0.5) as half_within_days,
    quantile_disc(days, 0.75) as three_quarters_within_days
from gaps
where order_number <= 10
group by order_number
order by order_number
