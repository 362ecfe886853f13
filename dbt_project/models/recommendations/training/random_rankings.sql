-- Products drawn by chance for every user, the same chance in every build.
{% set depth = ranking_depth() %}
with users as (
    select * from {{ ref('evaluation_users') }}
),

catalogue as (
    select count(*) as products from {{ ref('kept_products') }}
),

draws as (
    select
        users.fold,
        users.user_number,
        users.rated_numbers,
        numbered.draw,
        floor({{ key_fraction("users.user_number || '|' || numbered.draw") }} * catalogue.products)::integer as product_number
    from users
    cross join catalogue
    cross join unnest(range({{ 3 * depth }})) as numbered (draw)
),

unseen as (
    select
        fold,
        user_number,
        product_number,
        row_number() over (partition by fold, user_number order by min(draw)) as rank
    from draws
    where not list_contains(rated_numbers, product_number)
    group by fold, user_number, product_number
)

select
    fold,
    'random' as algorithm,
    user_number,
    rank,
    product_number,
    0::double as score
from unseen
where rank <= {{ depth }}
