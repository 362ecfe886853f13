-- The best unseen products by estimates that Python ranked, because no stored weights explain them.
with fits as (
    select
        model_name,
        rankings
    from {{ ref('fit_rating_predictors') }}
),

users as (
    select * from {{ ref('evaluation_users') }}
),

stored as (
    select
        model_name,
        unnest(rankings) as ranking
    from fits
),

lists as (
    select
        model_name,
        ranking['fold'] as fold,
        ranking['user_number'] as user_number,
        ranking['product_numbers'] as product_numbers
    from stored
)

select
    users.fold,
    lists.model_name as algorithm,
    users.user_number,
    generate_subscripts(lists.product_numbers, 1) as rank,
    unnest(lists.product_numbers) as product_number,
    null::double as score
from lists
inner join users using (fold, user_number)
