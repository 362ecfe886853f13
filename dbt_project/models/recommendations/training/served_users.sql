-- Every kept user with what they rated, and the rung of the ladder that they stand on.
with users as (
    select * from {{ ref('kept_users') }}
),

histories as (
    select
        user_number,
        list(product_number order by product_number) as rated_numbers
    from {{ ref('fold_ratings') }}
    where fold = 'serving' and role = 'history'
    group by user_number
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

placed as (
    select
        users.user_number,
        users.user_id,
        coalesce(histories.rated_numbers, []) as rated_numbers,
        champion.algorithm as champion,
        champion.item_algorithm
    from users
    cross join champion
    left join histories using (user_number)
)

select
    user_number,
    user_id,
    rated_numbers,
    case
        when champion is not null and len(rated_numbers) >= {{ var('recommender_min_history') }} then 'personal'
        when item_algorithm is not null and len(rated_numbers) > 0 then 'similar_history'
        else 'popular'
    end as source,
    case
        when champion is not null and len(rated_numbers) >= {{ var('recommender_min_history') }} then champion
        when item_algorithm is not null and len(rated_numbers) > 0 then item_algorithm
    end as algorithm
from placed
