{{ config(enabled=source_enabled('ratings')) }}

-- Everybody gets a full list, or all that is left of the products that may be shown.
with users as (
    select * from {{ ref('served_users') }}
),

recommendations as (
    select * from {{ ref('product_recommendations') }}
),

shown_products as (
    select list(product_number) as numbers from {{ ref('product_rules') }}
    where not is_excluded
),

expected as (
    select
        users.user_id,
        least(
            {{ var('recommendations_per_user') }},
            coalesce(len(shown_products.numbers), 0)
            - coalesce(len(list_intersect(users.rated_numbers, shown_products.numbers)), 0)
        ) as expected
    from users
    cross join shown_products
),

served as (
    select
        user_id,
        count(*) as served
    from recommendations
    group by user_id
)

select
    expected.user_id,
    expected.expected,
    served.served
from expected
left join served using (user_id)
where coalesce(served.served, 0) != expected.expected
