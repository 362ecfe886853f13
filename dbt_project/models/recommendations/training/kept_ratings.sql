{{ config(post_hook="{{ stop_if_nothing_is_kept() }}") }}

with ratings as (
    select * from {{ ref('stg_ratings__ratings') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

products as (
    select * from {{ ref('kept_products') }}
),

kept as (
    select
        ratings.user_id,
        ratings.product_id,
        users.user_number,
        products.product_number,
        ratings.rating,
        ratings.rated_at,
        users.is_evaluated
    from ratings
    inner join users using (user_id)
    inner join products using (product_id)
),

-- Where in [0, 1) a rating stands: in the user's own time, or by its key where time is unknown.
placed as (
    select
        *,
        case
            when bool_and(rated_at is not null) over (partition by user_number)
                then
                    (
                        row_number() over (
                            partition by user_number order by rated_at, product_number
                        ) - 0.5
                    ) / count(*) over (partition by user_number)
            else {{ key_fraction("user_id || '|' || product_id") }}
        end as place
    from kept
)

select
    user_id,
    product_id,
    user_number,
    product_number,
    rating,
    rated_at,
    is_evaluated,
    case
        when place >= 1 - {{ var('recommender_holdout_share') }} then 'holdout'
        when
            place >= 1 - {{ var('recommender_holdout_share') }}
            - {{ var('recommender_validation_share') }}
            then 'validation'
        else 'train'
    end as split
from placed
