{{ config(enabled=area_enabled('recommendations')) }}

-- The scorer for new ratings as a macro, here for somebody who has just rated the three most popular products.
with item_weights as (
    select * from {{ ref('recommender_item_weights') }}
    where dataset = 'ratings'
),

popular as (
    select * from {{ ref('popular_products') }}
    where dataset = 'ratings'
),

new_ratings as (
    select
        'new user' as user_id,
        product_id
    from popular
    where rank <= 3
)

{{ recommend_from_ratings('new_ratings', 'item_weights', 10) }}
