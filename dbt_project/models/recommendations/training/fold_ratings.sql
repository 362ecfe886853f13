{{ config(materialized='view') }}

with ratings as (
    select * from {{ ref('kept_ratings') }}
),

decision as (
    select * from {{ ref('ratings_training_decision') }}
),

-- The folds that may know a rating as history, and the one that judges it. Stored models that are
-- only applied are not judged anew.
in_folds as (
    select
        ratings.*,
        case
            when decision.decision = 'score' then ['serving']
            when ratings.split = 'train' then ['validation', 'holdout', 'serving']
            when ratings.split = 'validation' then ['holdout', 'serving']
            else ['serving']
        end as known_folds,
        case
            when decision.decision != 'score' and ratings.split != 'train' and ratings.is_evaluated then [ratings.split]
            else []
        end as judged_folds
    from ratings
    cross join decision
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
