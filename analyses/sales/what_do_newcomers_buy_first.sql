-- What do newcomers buy first? Products by how many more first orders hold them than later ones do.
with orders as (
    select
        dataset,
        order_id,
        order_number = 1 as is_first,
        count_if(order_number = 1) over () as first_orders,
        count_if(order_number > 1) over () as later_orders
    from sales.orders
)

select
    lines.product_id,
    mode(lines.description order by lines.description) as description,
    count(distinct lines.order_id) filter (where orders.is_first) as first_orders_with_it,
    round(100 * first_orders_with_it / any_value(orders.first_orders), 2) as percent_of_first_orders,
    round(
        first_orders_with_it / any_value(orders.first_orders)
        / ((1 + count(distinct lines.order_id) filter (where not orders.is_first)) / any_value(orders.later_orders)), 2
    ) as times_as_often_as_later
from sales.order_lines as lines
inner join orders using (dataset, order_id)
group by lines.product_id
having first_orders_with_it >= 30
order by times_as_often_as_later desc, lines.product_id asc
limit 30
