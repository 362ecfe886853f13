{{ config(materialized='view') }}

-- Ratings as Python's fits read them: none where the data are too large for all of those.
with ratings as (
    select * from {{ ref('fold_ratings') }}
),

fitted_in_python as (
    select * from {{ ref('recommenders_to_fit') }}
    where size_measure = 'largest_side'
)

select
    fold,
    role,
    user_number,
    product_number,
    rating
from ratings
where (select count(*) from fitted_in_python) > 0
