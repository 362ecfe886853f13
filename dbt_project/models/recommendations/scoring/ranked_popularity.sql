-- Products that may be shown, by number of ratings.
with popularity as (
    select * from {{ ref('product_popularity') }}
    where fold = 'serving'
),

products as (
    select * from {{ ref('kept_products') }}
    where not is_excluded
)

select
    products.dataset,
    products.product_id,
    popularity.ratings,
    popularity.mean_rating,
    popularity.shrunken_rating,
    row_number() over (
        partition by products.dataset
        order by
            popularity.ratings * products.factor desc, popularity.shrunken_rating desc, products.product_id asc
    ) as rank
from popularity
inner join products using (dataset, product_id)
