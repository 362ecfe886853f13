{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_ecommerce__invoice_lines') }}
)

select
    invoice_no as invoice_id,
    upper(stock_code) as product_id,
    customer_id,

    -quantity as quantity,
    unit_price,

    invoice_date as invoiced_at
from checked
where
    reject_reason is null
    and is_cancelled
    and not is_non_product
    and not is_duplicate
    and quantity < 0
    and unit_price > 0
    and customer_id is not null
