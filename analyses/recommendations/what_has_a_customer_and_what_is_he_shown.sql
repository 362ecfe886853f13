-- Would you send these lists? What three customers of each segment bought most often, and beside it what they are shown.
with customers as (
    select
        dataset,
        customer_id,
        segment_name
    from segmentation.customer_segments
    where dataset = 'ecommerce'
    qualify row_number() over (partition by segment_id order by md5(customer_id), customer_id) <= 3
),

bought as (
    select
        lines.dataset,
        lines.customer_id,
        arg_max(lines.description, (lines.ordered_at, lines.description)) as bought,
        count(distinct lines.order_id) as orders,
        max(lines.ordered_on) as last_bought_on,
        row_number() over (
            partition by lines.dataset, lines.customer_id
            order by count(distinct lines.order_id) desc, max(lines.ordered_on) desc, lines.product_id asc
        ) as rank
    from sales.order_lines as lines
    semi join customers using (dataset, customer_id)
    where lines.quantity > lines.cancelled_quantity
    group by lines.dataset, lines.customer_id, lines.product_id
)

select
    customers.segment_name,
    shown.user_id,
    shown.rank,
    bought.bought,
    bought.orders,
    bought.last_bought_on,
    coalesce(shown.product_name, shown.product_id) as shown,
    shown.reason
from recommendations.product_recommendations as shown
inner join customers on shown.dataset = customers.dataset and shown.user_id = customers.customer_id
left join bought on shown.dataset = bought.dataset and shown.user_id = bought.customer_id and shown.rank = bought.rank
order by customers.segment_name, shown.user_id, shown.rank
