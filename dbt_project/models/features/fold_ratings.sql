{{ config(materialized='view') }}

-- The folds that may know a rating as history, and the one that judges it.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

known as (
    select
        'train' as split,
        unnest(['validation', 'holdout', 'serving']) as fold

    union all

    select
        'validation' as split,
        unnest(['holdout', 'serving']) as fold

    union all

    select
        'holdout' as split,
        'serving' as fold
),

histories as (
    select
        ratings.dataset,
        known.fold,
        'history' as role,
        ratings.user_id,
        ratings.product_id,
        ratings.rating
    from ratings
    inner join known using (split)
),

targets as (
    select
        ratings.dataset,
        ratings.split as fold,
        'target' as role,
        ratings.user_id,
        ratings.product_id,
        ratings.rating
    from ratings
    inner join users using (dataset, user_id)
    where ratings.split in ('validation', 'holdout') and users.is_evaluated
)

select * from histories
union all
select * from targets
