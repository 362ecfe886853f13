-- One row per list that is to be ranked by a scorer: fold, personal algorithm and judged user.
with users as (
    select * from {{ ref('evaluation_users') }}
),

candidates as (
    select * from {{ ref('recommender_candidates') }}
    where scorer in ('item_weights', 'user_weights', 'factors') and not is_skipped
)

select
    (row_number() over (order by users.fold, candidates.algorithm, users.user_number))::integer as list_number,
    users.fold,
    candidates.algorithm,
    users.user_number
from users
cross join candidates
