{{ config(enabled=source_enabled('ratings')) }}

-- Everybody gets a full list, or all that is left of the products that may be shown.
with users as (
    select * from {{ ref('kept_users') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

products as (
    select * from {{ ref('product_rules') }}
    where not is_excluded
),

recommendations as (
    select * from {{ ref('product_recommendations') }}
),

rated as (
    select
        ratings.user_id,
        count(*) as rated
    from ratings
    inner join products using (product_number)
    group by ratings.user_id
),

served as (
    select
        user_id,
        count(*) as served
    from recommendations
    group by user_id
),

catalogue as (
    select count(*) as products from products
)

select
    users.user_id,
    served.served
from users
cross join catalogue
left join rated using (user_id)
left join served using (user_id)
where
    coalesce(served.served, 0)
    != least({{ var('recommendations_per_user') }}, catalogue.products - coalesce(rated.rated, 0))
