{{ config(materialized='view') }}

-- The folds that may know a rating as history, and the one that judges it. What a user has already is not judged.
-- Ratings are read anew by each part below: kept, they would be kept whole, also for a reader who wants the history of a few users.
with ratings as {{ not_materialized() }} (
    select * from {{ ref('kept_ratings') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

-- A split is judged by the fold of its name; all folds know the first one.
splits as (
    select
        dataset,
        'train' as split,
        0 as split_number,
        cut_offs is not null as is_dated
    from specs

    union all

    select
        folds.dataset,
        folds.fold as split,
        folds.fold_number as split_number,
        specs.cut_offs is not null as is_dated
    from folds
    inner join specs using (dataset)
),

known_splits as (
    select
        splits.dataset,
        splits.split,
        splits.is_dated,
        folds.fold,
        folds.starts_on
    from splits
    inner join folds on splits.dataset = folds.dataset and splits.split_number < folds.fold_number
),

undated_histories as (
    select
        ratings.dataset,
        known_splits.fold,
        ratings.user_id,
        ratings.product_id,
        ratings.rating,
        null::bigint as age_in_days
    from ratings
    inner join known_splits using (dataset, split)
    where not known_splits.is_dated
),

dated_histories as (
    select
        ratings.dataset,
        known_splits.fold,
        ratings.user_id,
        ratings.product_id,
        max(ratings.rating) as rating,
        min({{ days_between('ratings.rated_at::date', 'known_splits.starts_on') }}) as age_in_days
    from ratings
    inner join known_splits using (dataset, split)
    where known_splits.is_dated
    group by ratings.dataset, known_splits.fold, ratings.user_id, ratings.product_id
),

histories as (
    select * from undated_histories
    union all
    select * from dated_histories
),

-- The split in which somebody first had a product.
first_splits as (
    select
        ratings.dataset,
        ratings.user_id,
        ratings.product_id,
        min(splits.split_number) as split_number
    from ratings
    inner join splits using (dataset, split)
    where splits.is_dated
    group by ratings.dataset, ratings.user_id, ratings.product_id
),

-- Before a cut-off nothing can be recommended to somebody who comes after it.
arrivals as (
    select
        dataset,
        user_id,
        min(split_number) as split_number
    from first_splits
    group by dataset, user_id
),

targets as (
    select
        ratings.dataset,
        ratings.split as fold,
        ratings.user_id,
        ratings.product_id,
        ratings.rating
    from ratings
    inner join splits using (dataset, split)
    inner join users using (dataset, user_id)
    left join first_splits using (dataset, user_id, product_id)
    left join arrivals using (dataset, user_id)
    where
        splits.split_number > 0
        and users.is_evaluated
        and (
            not splits.is_dated
            or (first_splits.split_number = splits.split_number and arrivals.split_number < splits.split_number)
        )
)

select
    dataset,
    fold,
    'history' as role,
    user_id,
    product_id,
    rating,
    age_in_days
from histories

union all

select
    dataset,
    fold,
    'target' as role,
    user_id,
    product_id,
    rating,
    null as age_in_days
from targets
