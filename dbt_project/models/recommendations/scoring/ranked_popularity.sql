-- Products that may be shown, by number of users: of the last days where there are dates.
with popularity as (
    select * from {{ ref('product_popularity') }}
    where fold = 'serving' and is_active
),

products as (
    select * from {{ ref('kept_products') }}
    where not is_excluded
)

select
    products.dataset,
    products.product_id,
    products.product_name,
    popularity.ratings,
    popularity.mean_rating,
    popularity.shrunken_rating,
    row_number() over (
        partition by products.dataset
        order by
            coalesce(popularity.recent_ratings, popularity.ratings) * products.factor desc,
            popularity.shrunken_rating desc,
            popularity.ratings desc,
            products.product_id asc
    ) as rank
from popularity
inner join products using (dataset, product_id)
