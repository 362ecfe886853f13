{{ config(enabled=area_enabled('recommendations')) }}

-- Everybody gets a full list, or all that is left of the products that may be shown.
with users as (
    select * from {{ ref('kept_users') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

products as (
    select * from {{ ref('ranked_popularity') }}
),

recommendations as (
    select * from {{ ref('product_recommendations') }}
),

rated as (
    select
        ratings.dataset,
        ratings.user_id,
        count(distinct ratings.product_id) as rated
    from ratings
    inner join products using (dataset, product_id)
    group by ratings.dataset, ratings.user_id
),

served as (
    select
        dataset,
        user_id,
        count(*) as served
    from recommendations
    group by dataset, user_id
),

catalogues as (
    select
        dataset,
        count(*) as products
    from products
    group by dataset
)

select
    users.dataset,
    users.user_id,
    served.served
from users
left join catalogues using (dataset)
left join rated using (dataset, user_id)
left join served using (dataset, user_id)
where
    coalesce(served.served, 0)
    != least({{ var('recommendations_per_user') }}, coalesce(catalogues.products, 0) - coalesce(rated.rated, 0))
