{{ config(materialized='view') }}

with ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    dataset,
    user_id,
    count(*) as ratings,
    avg(rating) as mean_rating
from ratings
group by dataset, user_id
