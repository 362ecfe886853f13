-- Estimates of held-out ratings: Python's, and those of the baselines.
with targets as (
    select * from {{ ref('fold_ratings') }}
    where role = 'target'
),

histories as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history' and fold != 'serving'
),

popularity as (
    select * from {{ ref('product_popularity') }}
),

fits as (
    select
        model_name,
        predictions
    from {{ ref('fit_rating_predictors') }}
),

stored as (
    select
        model_name as algorithm,
        unnest(predictions) as prediction
    from fits
),

predicted as (
    select
        prediction['fold'] as fold,
        algorithm,
        prediction['user_number'] as user_number,
        prediction['product_number'] as product_number,
        prediction['estimate'] as estimate
    from stored
),

shares as (
    select
        fold,
        rating,
        sum(count(*)) over (partition by fold order by rating) / sum(count(*)) over (partition by fold) as share_up_to
    from histories
    group by fold, rating
),

brackets as (
    select
        fold,
        rating,
        coalesce(lag(share_up_to) over (partition by fold order by rating), 0) as share_from,
        share_up_to
    from shares
),

-- A rating drawn from those of the history.
drawn as (
    select
        targets.fold,
        'random' as algorithm,
        targets.user_number,
        targets.product_number,
        brackets.rating as estimate
    from targets
    inner join brackets
        on
            targets.fold = brackets.fold
            and {{ key_fraction("targets.user_number || '|' || targets.product_number") }} >= brackets.share_from
            and {{ key_fraction("targets.user_number || '|' || targets.product_number") }} < brackets.share_up_to
),

averaged as (
    select
        targets.fold,
        unnest(['constant', 'popularity_mean', 'popularity_shrunken']) as algorithm,
        targets.user_number,
        targets.product_number,
        unnest([
            popularity.overall_mean_rating,
            case
                when popularity.ratings >= {{ var('popularity_min_ratings') }} then popularity.mean_rating
                else popularity.overall_mean_rating
            end,
            popularity.shrunken_rating
        ]) as estimate
    from targets
    inner join popularity
        on
            targets.fold = popularity.fold
            and targets.product_number = popularity.product_number
),

estimates as (
    select * from predicted
    union all
    select * from drawn
    union all
    select * from averaged
)

select
    estimates.fold,
    estimates.algorithm,
    estimates.user_number,
    estimates.product_number,
    targets.rating,
    estimates.estimate
from estimates
inner join targets
    on
        estimates.fold = targets.fold
        and estimates.user_number = targets.user_number
        and estimates.product_number = targets.product_number
