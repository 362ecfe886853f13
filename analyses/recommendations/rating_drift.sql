{{ config(enabled=area_enabled('recommendations')) }}

-- Do people rate higher or lower than they used to? Ratings without a time are one line of their own.
with ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    dataset,
    date_trunc('quarter', rated_at) as quarter,
    count(*) as ratings,
    count(distinct user_id) as users,
    round(avg(rating), 3) as mean_rating,
    round(1.96 * stddev_samp(rating) / sqrt(count(*)), 3) as half_width,
    round(avg((rating = 5)::integer), 3) as share_of_fives
from ratings
group by dataset, quarter
order by dataset, quarter
