-- Popular unseen products for the users whose list is not full yet.
{% set n = var('recommendations_per_user') %}
with users as (
    select * from {{ ref('served_users') }}
),

ranked as (
    select
        user_number,
        list(product_number order by product_number) as ranked_numbers
    from {{ ref('served_rankings') }}
    group by user_number
),

popular as (
    select * from {{ ref('ranked_popularity') }}
),

short_lists as (
    select
        users.user_number,
        list_concat(users.rated_numbers, coalesce(ranked.ranked_numbers, [])) as barred_numbers
    from users
    left join ranked using (user_number)
    where coalesce(len(ranked.ranked_numbers), 0) < {{ n }}
),

-- As many places as are surely enough.
places as (
    select
        user_number,
        barred_numbers,
        unnest(range(1, {{ n }} + 1 + len(barred_numbers))) as rank
    from short_lists
)

select
    places.user_number,
    popular.product_number,
    popular.rank,
    popular.ratings
from places
inner join popular using (rank)
where not list_contains(places.barred_numbers, popular.product_number)
