with invoice_lines as (
    select * from {{ ref('stg_ecommerce__invoice_lines') }}
),

cancelled_lines as (
    select * from {{ ref('stg_ecommerce__cancelled_lines') }}
),

sold as (
    select
        invoice_id,
        product_id,
        unit_price,
        customer_id,
        max(description) as description,
        max(country) as country,
        sum(quantity) as quantity,
        min(invoiced_at) as invoiced_at
    from invoice_lines
    group by invoice_id, product_id, unit_price, customer_id
),

-- A cancellation belongs to the latest sale before it that could be meant, at the same price if there is one.
matched as (
    select
        sold.invoice_id,
        sold.product_id,
        sold.unit_price,
        sold.customer_id,
        cancelled.quantity as returned_quantity
    from cancelled_lines as cancelled
    inner join sold
        on
            cancelled.customer_id = sold.customer_id
            and cancelled.product_id = sold.product_id
            and cancelled.invoiced_at >= sold.invoiced_at
            and cancelled.quantity <= sold.quantity
    qualify row_number() over (
        partition by cancelled.invoice_id, cancelled.product_id, cancelled.unit_price, cancelled.quantity
        order by (cancelled.unit_price = sold.unit_price) desc, sold.invoiced_at desc, sold.invoice_id asc, sold.unit_price asc
    ) = 1
),

returned as (
    select
        invoice_id,
        product_id,
        unit_price,
        customer_id,
        sum(returned_quantity) as returned_quantity
    from matched
    group by invoice_id, product_id, unit_price, customer_id
)

select
    sold.invoice_id,
    sold.product_id,
    sold.customer_id,
    sold.description,
    sold.country,
    sold.unit_price,
    sold.quantity::bigint as quantity,
    least(sold.quantity, coalesce(returned.returned_quantity, 0))::bigint as returned_quantity,
    (sold.quantity * sold.unit_price)::decimal(18, 4) as value,
    (least(sold.quantity, coalesce(returned.returned_quantity, 0)) * sold.unit_price)::decimal(18, 4) as returned_value,
    sold.invoiced_at
from sold
left join returned using (invoice_id, product_id, unit_price, customer_id)
