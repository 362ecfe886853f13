{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_ecommerce__invoice_lines') }}
)

select
    invoice_no as invoice_id,
    upper(stock_code) as product_id,
    customer_id,

    description,
    country,
    upper(currency) as currency,

    quantity,
    unit_price,

    invoice_date as invoiced_at
from checked
where reject_reason is null and exclusion_rule is null
