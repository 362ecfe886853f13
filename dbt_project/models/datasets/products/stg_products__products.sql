{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_products__products') }}
)

select
    product_id,
    dataset,

    product_name,
    category,

    price
from checked
where reject_reason is null and exclusion_rule is null
