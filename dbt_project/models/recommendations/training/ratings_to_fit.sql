{{ config(materialized='view') }}

-- Ratings as Python's fits read them: none where the data are too large for all of those.
with ratings as (
    select * from {{ ref('fold_ratings') }}
),

fitted_in_python as (
    select
        count(*) > 0 as is_any,
        bool_or(is_searchable) as is_searchable
    from {{ ref('recommenders_to_fit') }}
    where size_measure in ('largest_side', 'common_raters')
)

select
    ratings.fold::enum('holdout', 'serving', 'validation') as fold,
    ratings.role::enum('history', 'target') as role,
    ratings.user_number,
    ratings.product_number,
    ratings.rating
from ratings
cross join fitted_in_python as fitted
where fitted.is_any and (fitted.is_searchable or ratings.role = 'history')
