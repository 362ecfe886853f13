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
        sold.quantity,
        cancelled.invoice_id as cancellation_id,
        cancelled.unit_price as cancelled_price,
        cancelled.quantity as cancelled_quantity,
        cancelled.invoiced_at as returned_at
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

-- No more comes back than was sold.
added_up as (
    select
        *,
        least(quantity, sum(cancelled_quantity) over earlier) as returned_so_far,
        least(quantity, (sum(cancelled_quantity) over earlier) - cancelled_quantity) as returned_before
    from matched
    window earlier as (
        partition by invoice_id, product_id, unit_price, customer_id
        order by returned_at, cancellation_id, cancelled_price, cancelled_quantity
        rows unbounded preceding
    )
),

returned as (
    select
        invoice_id,
        product_id,
        unit_price,
        customer_id,
        max(returned_so_far) as returned_quantity,
        {{ ordered_list(
            struct_of({
                'returned_at': 'returned_at',
                'units_before': 'returned_before::bigint',
                'quantity': '(returned_so_far - returned_before)::bigint'
            }),
            'returned_so_far'
        ) }} as returns
    from added_up
    where returned_so_far > returned_before
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
    coalesce(returned.returned_quantity, 0)::bigint as returned_quantity,
    (sold.quantity * sold.unit_price)::decimal(18, 4) as value,
    (coalesce(returned.returned_quantity, 0) * sold.unit_price)::decimal(18, 4) as returned_value,
    sold.invoiced_at,
    coalesce(returned.returns, {{ list_of([]) }}) as returns
from sold
left join returned using (invoice_id, product_id, unit_price, customer_id)
