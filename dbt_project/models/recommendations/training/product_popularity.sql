with histories as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history'
),

products as (
    select * from {{ ref('kept_products') }}
),

by_user as (
    select
        fold,
        user_number,
        count(*) as ratings,
        sum(rating) as total_rating
    from histories
    group by fold, user_number
),

overall as (
    select
        fold,
        {{ rounded('sum(total_rating) / sum(ratings)') }} as mean_rating,
        count(*) as users
    from by_user
    group by fold
),

rated as (
    select
        fold,
        product_number,
        count(*) as ratings,
        sum(rating) as total_rating
    from histories
    group by fold, product_number
)

select
    overall.fold,
    products.product_number,
    coalesce(rated.ratings, 0) as ratings,
    overall.users,
    overall.mean_rating as overall_mean_rating,
    {{ rounded('rated.total_rating / rated.ratings') }} as mean_rating,
    {{ rounded(
        '(coalesce(rated.total_rating, 0) + ' ~ var('popularity_prior_ratings') ~ ' * overall.mean_rating)'
        ~ ' / (coalesce(rated.ratings, 0) + ' ~ var('popularity_prior_ratings') ~ ')'
    ) }} as shrunken_rating
from overall
cross join products
left join rated
    on
        overall.fold = rated.fold
        and products.product_number = rated.product_number
