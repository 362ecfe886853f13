-- Lines are numbered by what they say, because the order of a file's rows decides nothing.
with lines as (
    select * from {{ ref('sales_lines') }}
),

-- A number that two customers share is that of two orders.
further_customers as (
    select
        dataset,
        order_id,
        customer_id,
        '#' || row_number() over (partition by dataset, order_id order by customer_id) as suffix
    from lines
    group by dataset, order_id, customer_id
    qualify row_number() over (partition by dataset, order_id order by customer_id) > 1
)

select
    lines.dataset,
    lines.order_id || coalesce(further_customers.suffix, '') as order_id,
    row_number() over (
        partition by lines.dataset, lines.order_id, lines.customer_id
        order by
            lines.product_id asc, lines.unit_price asc, lines.quantity desc, lines.ordered_at asc, lines.description asc nulls last,
            lines.country asc nulls last, lines.returns asc
    )::integer as line_number,
    lines.customer_id,
    lines.product_id,
    lines.description,
    lines.country,
    lines.quantity,
    lines.unit_price,
    (lines.quantity * lines.unit_price)::decimal(18, 4) as amount,
    {{ returned_units('lines.returns') }} as cancelled_quantity,
    lines.ordered_at,
    lines.ordered_on
from lines
left join further_customers using (dataset, order_id, customer_id)
