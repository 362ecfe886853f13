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
)

select
    short_lists.user_number,
    popular.product_number,
    popular.rank,
    popular.ratings
from short_lists
inner join popular on popular.rank <= {{ n }} + len(short_lists.barred_numbers)
where not list_contains(short_lists.barred_numbers, popular.product_number)
