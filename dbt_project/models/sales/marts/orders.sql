with lines as (
    select * from {{ ref('order_lines') }}
),

orders as (
    select
        dataset,
        order_id,
        customer_id,
        -- Where an order names several, that of its largest line.
        max_by(country, (amount, country)) filter (where country is not null) as country,
        count(*) as lines,
        sum(quantity - cancelled_quantity)::bigint as units,
        sum(amount)::decimal(18, 4) as gross_amount,
        sum(cancelled_quantity * unit_price)::decimal(18, 4) as cancelled_amount,
        min(ordered_at) as ordered_at,
        min(ordered_on) as ordered_on
    from lines
    group by dataset, order_id, customer_id
)

select
    dataset,
    order_id,
    customer_id,
    country,
    row_number() over (partition by dataset, customer_id order by ordered_at, order_id)::integer as order_number,
    lines,
    units,
    gross_amount,
    cancelled_amount,
    (gross_amount - cancelled_amount)::decimal(18, 4) as net_amount,
    ordered_at,
    ordered_on
from orders
