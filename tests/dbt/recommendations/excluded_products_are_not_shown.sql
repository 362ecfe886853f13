{{ config(enabled=source_enabled('ratings')) }}

with excluded as (
    select * from {{ ref('recommendation_product_rules') }}
    where action = 'exclude'
),

shown as (
    select product_id from {{ ref('product_recommendations') }}
    union all
    select similar_product_id from {{ ref('similar_products') }}
    union all
    select product_id from {{ ref('popular_products') }}
)

select shown.product_id
from shown
semi join excluded using (product_id)
