{{ config(post_hook="{{ stop_if_nothing_is_kept() }}") }}

with ratings as (
    select * from {{ ref('recommendation_ratings') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

products as (
    select
        ratings.dataset,
        ratings.product_id
    from ratings
    inner join specs using (dataset)
    group by ratings.dataset, ratings.product_id
    having count(*) >= max(specs.min_ratings_per_product)
),

kept as (
    select ratings.*
    from ratings
    semi join products using (dataset, product_id)
),

-- Where in [0, 1) a rating stands: in the user's own time, or by its key where time is unknown.
placed as (
    select
        *,
        case
            when bool_and(rated_at is not null) over (partition by dataset, user_id)
                then
                    (
                        row_number() over (partition by dataset, user_id order by rated_at, product_id) - 0.5
                    ) / count(*) over (partition by dataset, user_id)
            else {{ md5_share("user_id || '|' || product_id") }}
        end as place
    from kept
)

select
    dataset,
    user_id,
    product_id,
    rating,
    rated_at,
    case
        when place >= 1 - {{ var('recommender_holdout_share') }} then 'holdout'
        when
            place >= 1 - {{ var('recommender_holdout_share') }}
            - {{ var('recommender_validation_share') }}
            then 'validation'
        else 'train'
    end as split
from placed
