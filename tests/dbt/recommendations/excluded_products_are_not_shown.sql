{{ config(enabled=area_enabled('recommendations')) }}

with excluded as (
    select * from {{ ref('recommendation_product_rules') }}
    where action = 'exclude'
),

shown as (
    select
        dataset,
        product_id
    from {{ ref('product_recommendations') }}

    union all

    select
        dataset,
        similar_product_id as product_id
    from {{ ref('similar_products') }}

    union all

    select
        dataset,
        product_id
    from {{ ref('popular_products') }}
)

select
    shown.dataset,
    shown.product_id
from shown
semi join excluded using (dataset, product_id)
