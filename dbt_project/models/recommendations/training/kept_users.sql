with ratings as (
    select * from {{ ref('stg_ratings__ratings') }}
),

kept as (
    select
        user_id,
        count(*) as ratings
    from ratings
    group by user_id
    having count(*) >= {{ var('ratings_min_per_user') }}
)

select
    user_id,
    (row_number() over (order by user_id) - 1)::integer as user_number,
    ratings,
    row_number() over (order by md5(user_id), user_id)
    <= {{ var('recommender_evaluation_users') }} as is_evaluated
from kept
