{{ config(materialized='view') }}

-- Every kept product with the factor on its scores, and whether it may be shown at all.
with products as (
    select * from {{ ref('kept_products') }}
),

rules as (
    select * from {{ ref('recommendation_product_rules') }}
)

select
    products.product_number,
    products.product_id,
    coalesce(max(rules.factor) filter (where rules.action = 'boost'), 1) as factor,
    coalesce(bool_or(rules.action = 'exclude'), false) as is_excluded
from products
left join rules using (product_id)
group by products.product_number, products.product_id
