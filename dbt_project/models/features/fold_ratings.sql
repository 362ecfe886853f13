{{ config(materialized='view') }}

-- The folds that may know a rating as history, and the one that judges it. What a user has already is not judged.
-- Ratings are read anew by each part below: kept, they would be kept whole, also for a reader who wants the history of a few users.
with ratings as {{ not_materialized() }} (
    select
        ratings.*,
        coalesce(folds.fold_number, 0) as split_number,
        specs.cut_offs is not null as is_dated
    from {{ ref('kept_ratings') }} as ratings
    inner join {{ ref('recommendation_specs') }} as specs using (dataset)
    left join {{ ref('recommendation_folds') }} as folds
        on ratings.dataset = folds.dataset and ratings.split = folds.fold
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

undated_histories as (
    select
        ratings.dataset,
        folds.fold,
        ratings.user_id,
        ratings.product_id,
        ratings.rating,
        null::bigint as age_in_days
    from ratings
    inner join folds on ratings.dataset = folds.dataset and ratings.split_number < folds.fold_number
    where not ratings.is_dated
),

dated_histories as (
    select
        ratings.dataset,
        folds.fold,
        ratings.user_id,
        ratings.product_id,
        max(ratings.rating) as rating,
        min({{ days_between('ratings.rated_at::date', 'folds.starts_on') }}) as age_in_days
    from ratings
    inner join folds on ratings.dataset = folds.dataset and ratings.split_number < folds.fold_number
    where ratings.is_dated
    group by ratings.dataset, folds.fold, ratings.user_id, ratings.product_id
),

histories as (
    select * from undated_histories
    union all
    select * from dated_histories
),

-- The split in which somebody first had a product.
first_splits as (
    select
        dataset,
        user_id,
        product_id,
        min(split_number) as split_number
    from ratings
    where is_dated
    group by dataset, user_id, product_id
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
    inner join users using (dataset, user_id)
    left join first_splits using (dataset, user_id, product_id)
    left join arrivals using (dataset, user_id)
    where
        ratings.split_number > 0
        and users.is_evaluated
        and (
            not ratings.is_dated
            or (first_splits.split_number = ratings.split_number and arrivals.split_number < ratings.split_number)
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
