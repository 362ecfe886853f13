-- Products that may be shown, by number of ratings.
with popularity as (
    select * from {{ ref('product_popularity') }}
    where fold = 'serving'
),

rules as (
    select * from {{ ref('product_rules') }}
    where not is_excluded
)

select
    rules.product_number,
    rules.product_id,
    popularity.ratings,
    popularity.mean_rating,
    popularity.shrunken_rating,
    row_number() over (
        order by popularity.ratings * rules.factor desc, popularity.shrunken_rating desc, rules.product_number asc
    ) as rank
from popularity
inner join rules using (product_number)
