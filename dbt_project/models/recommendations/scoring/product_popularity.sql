with ratings as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history'
),

products as (
    select * from {{ ref('kept_products') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

fits as (
    select * from {{ ref('fit_recommenders') }}
),

-- What was not fitted tonight is not judged either.
fitted as (
    select distinct dataset
    from fits
    where model_name is not null
),

histories as (
    select ratings.*
    from ratings
    left join fitted using (dataset)
    where ratings.fold = 'serving' or fitted.dataset is not null
),

by_user as (
    select
        dataset,
        fold,
        user_id,
        count(*) as ratings,
        sum(rating) as total_rating
    from histories
    group by dataset, fold, user_id
),

overall as (
    select
        dataset,
        fold,
        {{ rounded('sum(total_rating) / sum(ratings)') }} as mean_rating,
        count(*) as users
    from by_user
    group by dataset, fold
),

rated as (
    select
        histories.dataset,
        histories.fold,
        histories.product_id,
        count(*) as ratings,
        count_if(histories.age_in_days <= specs.recent_days) as recent_ratings,
        count_if(histories.age_in_days <= specs.active_days) as active_ratings,
        sum(histories.rating) as total_rating
    from histories
    inner join specs using (dataset)
    group by histories.dataset, histories.fold, histories.product_id
)

select
    overall.dataset,
    overall.fold,
    products.product_id,
    coalesce(rated.ratings, 0) as ratings,
    case when specs.recent_days is not null then coalesce(rated.recent_ratings, 0) end as recent_ratings,
    specs.active_days is null or coalesce(rated.active_ratings, 0) > 0 as is_active,
    overall.users,
    case when specs.has_stars then overall.mean_rating end as overall_mean_rating,
    case when specs.has_stars then {{ rounded('rated.total_rating / rated.ratings') }} end as mean_rating,
    case when specs.has_stars then {{ rounded(
        '(coalesce(rated.total_rating, 0) + ' ~ var('popularity_prior_ratings') ~ ' * overall.mean_rating)'
        ~ ' / (coalesce(rated.ratings, 0) + ' ~ var('popularity_prior_ratings') ~ ')'
    ) }} end as shrunken_rating
from overall
inner join specs using (dataset)
inner join products using (dataset)
left join rated
    on
        overall.dataset = rated.dataset
        and overall.fold = rated.fold
        and products.product_id = rated.product_id
