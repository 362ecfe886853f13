{{ config(materialized='view') }}

with ratings as (
    select * from {{ ref('kept_ratings') }}
),

-- The folds that may know a rating as history, and the one that judges it.
in_folds as (
    select
        *,
        case split
            when 'train' then ['validation', 'holdout', 'serving']
            when 'validation' then ['holdout', 'serving']
            else ['serving']
        end as known_folds,
        case when split != 'train' and is_evaluated then [split] else [] end as judged_folds
    from ratings
)

select
    unnest(known_folds) as fold,
    'history' as role,
    user_number,
    product_number,
    rating,
    is_evaluated
from in_folds

union all

select
    unnest(judged_folds) as fold,
    'target' as role,
    user_number,
    product_number,
    rating,
    is_evaluated
from in_folds
