-- What was read is what was ordered and what named rules left out, to the penny; what came back of it is in the orders.
{{ config(enabled=source_enabled('ecommerce') and 'ecommerce' in datasets_of('sales')) }}

with lines_read as (
    select
        count(*) as lines,
        sum(quantity * unit_price) as amount,
        count(exclusion_rule) as excluded_lines,
        sum(quantity * unit_price) filter (where exclusion_rule is not null) as excluded_amount
    from {{ ref('checked_ecommerce__invoice_lines') }}
    where reject_reason is null
),

returned as (
    select
        sum(returned_quantity) as units,
        sum(returned_value) as amount
    from {{ ref('ecommerce_purchases') }}
),

ordered as (
    select
        sum(lines) as lines,
        sum(gross_amount) as gross_amount,
        sum(cancelled_amount) as cancelled_amount
    from {{ ref('orders') }}
    where dataset = 'ecommerce'
),

lines_ordered as (
    select sum(cancelled_quantity) as cancelled_quantity
    from {{ ref('order_lines') }}
    where dataset = 'ecommerce'
)

select lines_read.*
from lines_read
cross join returned
cross join ordered
cross join lines_ordered
where
    lines_read.lines - lines_read.excluded_lines is distinct from ordered.lines
    or lines_read.amount - coalesce(lines_read.excluded_amount, 0) is distinct from ordered.gross_amount
    or returned.amount is distinct from ordered.cancelled_amount
    or returned.units is distinct from lines_ordered.cancelled_quantity
