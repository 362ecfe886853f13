-- What came back of a sale came back of its lines one after the other.
with invoice_lines as (
    select * from {{ ref('stg_ecommerce__invoice_lines') }}
),

returned_sales as (
    select * from {{ ref('ecommerce_purchases') }}
    where {{ length_of('returns') }} > 0
),

returned_lines as (
    select
        invoice_lines.*,
        returned_sales.returns,
        sum(invoice_lines.quantity) over (
            partition by
                invoice_lines.invoice_id, invoice_lines.product_id, invoice_lines.unit_price, invoice_lines.customer_id
            order by
                invoice_lines.quantity desc, invoice_lines.invoiced_at asc,
                invoice_lines.description asc nulls last, invoice_lines.country asc nulls last
            rows unbounded preceding
        ) as units_up_to
    from invoice_lines
    inner join returned_sales using (invoice_id, product_id, unit_price, customer_id)
),

lines as (
    select
        invoice_id,
        customer_id,
        product_id,
        description,
        country,
        quantity,
        unit_price,
        invoiced_at,
        {{ returns_of_line('returns', 'units_up_to', 'quantity') }} as returns
    from returned_lines

    union all

    select
        invoice_lines.invoice_id,
        invoice_lines.customer_id,
        invoice_lines.product_id,
        invoice_lines.description,
        invoice_lines.country,
        invoice_lines.quantity,
        invoice_lines.unit_price,
        invoice_lines.invoiced_at,
        {{ list_of([]) }} as returns
    from invoice_lines
    anti join returned_sales using (invoice_id, product_id, unit_price, customer_id)
)

select
    invoice_id as order_id,
    customer_id,
    product_id,
    description,
    country,
    quantity::bigint as quantity,
    unit_price,
    invoiced_at as ordered_at,
    returns
from lines
