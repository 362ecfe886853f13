-- Estimates of held-out ratings: Python's, and those of the baselines.
with fits as (
    select * from {{ ref('fit_recommenders') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
    where has_stars
),

fitted as (
    select distinct fits.dataset
    from fits
    semi join specs using (dataset)
    where fits.model_name is not null
),

ratings as (
    select ratings.*
    from {{ ref('fold_ratings') }} as ratings
    semi join fitted using (dataset)
    where ratings.fold != 'serving'
),

popularity as (
    select * from {{ ref('product_popularity') }}
),

users as (
    select
        dataset,
        user_id,
        row_number() over (partition by dataset order by user_id) - 1 as user_number
    from {{ ref('kept_users') }}
),

products as (
    select
        dataset,
        product_id,
        row_number() over (partition by dataset order by product_id) - 1 as product_number
    from {{ ref('kept_products') }}
),

targets as (
    select
        ratings.*,
        {{ md5_share("users.user_number || '|' || products.product_number") }} as chance
    from ratings
    inner join users using (dataset, user_id)
    inner join products using (dataset, product_id)
    where ratings.role = 'target'
),

learned as (
    select
        dataset,
        model_name as algorithm,
        unnest(predictions) as prediction
    from fits
),

predicted as (
    select
        dataset,
        prediction['fold'] as fold,
        algorithm,
        prediction['user_id'] as user_id,
        prediction['product_id'] as product_id,
        prediction['estimate'] as estimate
    from learned
),

shares as (
    select
        dataset,
        fold,
        rating,
        sum(count(*)) over (partition by dataset, fold order by rating)
        / sum(count(*)) over (partition by dataset, fold) as share_up_to
    from ratings
    where role = 'history'
    group by dataset, fold, rating
),

brackets as (
    select
        dataset,
        fold,
        rating,
        coalesce(lag(share_up_to) over (partition by dataset, fold order by rating), 0) as share_from,
        share_up_to
    from shares
),

-- A rating drawn from those of the history.
drawn as (
    select
        targets.dataset,
        targets.fold,
        'random' as algorithm,
        targets.user_id,
        targets.product_id,
        brackets.rating as estimate
    from targets
    inner join brackets
        on
            targets.dataset = brackets.dataset
            and targets.fold = brackets.fold
            and targets.chance >= brackets.share_from
            and targets.chance < brackets.share_up_to
),

averaged as (
    select
        targets.dataset,
        targets.fold,
        unnest(['constant', 'popularity_mean', 'popularity_shrunken']) as algorithm,
        targets.user_id,
        targets.product_id,
        unnest([
            popularity.overall_mean_rating,
            case
                when popularity.ratings >= {{ var('popularity_min_ratings') }} then popularity.mean_rating
                else popularity.overall_mean_rating
            end,
            popularity.shrunken_rating
        ]) as estimate
    from targets
    inner join popularity using (dataset, fold, product_id)
),

estimates as (
    select * from predicted
    union all
    select * from drawn
    union all
    select * from averaged
)

select
    estimates.dataset,
    estimates.fold,
    estimates.algorithm,
    estimates.user_id,
    estimates.product_id,
    targets.rating,
    estimates.estimate
from estimates
inner join targets using (dataset, fold, user_id, product_id)
