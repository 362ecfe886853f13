with ratings as (
    select * from {{ ref('recommendation_ratings') }}
),

users as (
    select
        dataset,
        user_id,
        count(*) as ratings
    from ratings
    group by dataset, user_id
)

select
    dataset,
    user_id,
    ratings,
    row_number() over (partition by dataset order by md5(user_id), user_id)
    <= {{ var('recommender_evaluation_users') }} as is_evaluated
from users
