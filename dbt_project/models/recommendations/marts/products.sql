with products as (
    select * from {{ ref('kept_products') }}
),

popularity as (
    select * from {{ ref('product_popularity') }}
    where fold = 'serving'
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

last_days as (
    select
        dataset,
        product_id,
        max(rated_at)::date as last_rated_on
    from ratings
    group by dataset, product_id
)

select
    products.dataset,
    products.product_id,
    products.product_name,
    products.category,
    products.price,
    popularity.ratings,
    popularity.recent_ratings::bigint as recent_ratings,
    last_days.last_rated_on,
    popularity.is_active and not products.is_excluded as is_shown,
    products.factor as boost
from products
inner join popularity using (dataset, product_id)
inner join last_days using (dataset, product_id)
order by products.dataset, products.product_id
