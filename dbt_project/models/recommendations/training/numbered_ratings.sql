{{ config(materialized='view') }}

-- The kept ratings as Python's fits read them. Numbers stand for ids there, in the order of the ids.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

users as (
    select
        dataset,
        user_id,
        is_evaluated,
        row_number() over (partition by dataset order by user_id) - 1 as user_number
    from {{ ref('kept_users') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

products as (
    select
        dataset,
        product_id,
        row_number() over (partition by dataset order by product_id) - 1 as product_number
    from {{ ref('kept_products') }}
)

select
    ratings.dataset,
    users.user_number::integer as user_number,
    products.product_number::integer as product_number,
    ratings.rating,
    coalesce(folds.fold_number, 0)::tinyint as fold_number,
    date_diff('day', date '1970-01-01', ratings.rated_at::date)::integer as day,
    users.is_evaluated
from ratings
inner join users using (dataset, user_id)
inner join products using (dataset, product_id)
left join folds on ratings.dataset = folds.dataset and ratings.split = folds.fold
