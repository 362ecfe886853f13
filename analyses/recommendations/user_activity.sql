{{ config(enabled=area_enabled('recommendations')) }}

-- Who writes the ratings, and do busy users rate differently?
with users as (
    select * from {{ ref('kept_users') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

by_user as (
    select
        users.dataset,
        users.user_id,
        users.ratings as all_ratings,
        count(ratings.product_id) as kept_ratings,
        avg(ratings.rating) as mean_rating,
        stddev_pop(ratings.rating) as spread
    from users
    left join ratings using (dataset, user_id)
    group by users.dataset, users.user_id, users.ratings
)

select
    dataset,
    floor(log2(greatest(kept_ratings, 1))) as log2_of_ratings,
    min(kept_ratings) as fewest,
    max(kept_ratings) as most,
    count(*) as users,
    sum(kept_ratings) as ratings,
    round(sum(kept_ratings) / sum(sum(kept_ratings)) over (partition by dataset), 3) as share_of_ratings,
    round(avg(mean_rating), 3) as mean_of_user_means,
    round(avg(spread), 3) as mean_spread
from by_user
group by dataset, log2_of_ratings
order by dataset, log2_of_ratings
