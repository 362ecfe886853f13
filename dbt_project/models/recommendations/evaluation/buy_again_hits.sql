-- What each user who had a product on several days would have found in the lists: the places of what he then had again.
with rankings as (
    select * from {{ ref('buy_again_rankings') }}
    where fold = 'holdout'
),

ratings as (
    select ratings.*
    from {{ ref('kept_ratings') }} as ratings
    inner join {{ ref('recommendation_specs') }} as specs using (dataset)
    where ratings.split = 'holdout' and ratings.rating >= specs.relevant_rating
),

users as (
    select * from {{ ref('kept_users') }}
    where is_evaluated
),

judged as (
    select distinct
        rankings.dataset,
        rankings.user_id
    from rankings
    semi join users using (dataset, user_id)
    where rankings.orders > 1
),

found as (
    select
        rankings.dataset,
        rankings.user_id,
        rankings.method,
        list(rankings.rank) as places
    from rankings
    semi join ratings using (dataset, user_id, product_id)
    group by rankings.dataset, rankings.user_id, rankings.method
),

methods as (
    select distinct
        dataset,
        method
    from rankings
)

select
    judged.dataset,
    methods.method,
    judged.user_id,
    coalesce(found.places, []) as places
from judged
inner join methods using (dataset)
left join found using (dataset, user_id, method)
