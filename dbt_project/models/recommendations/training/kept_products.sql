with ratings as (
    select * from {{ ref('stg_ratings__ratings') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

kept as (
    select
        ratings.product_id,
        count(*) as ratings
    from ratings
    inner join users using (user_id)
    group by ratings.product_id
    having count(*) >= {{ var('ratings_min_per_product') }}
)

select
    product_id,
    (row_number() over (order by product_id) - 1)::integer as product_number,
    ratings
from kept
