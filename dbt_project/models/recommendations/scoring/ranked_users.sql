-- Who is ranked for by what: to judge, every judged user by every fitted candidate that SQL scores; to
-- serve, every kept user by the algorithm of their rung.
with users as (
    select * from {{ ref('kept_users') }}
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history'
),

fits as (
    select * from {{ ref('fit_recommenders') }}
),

fitted as (
    select
        dataset,
        model_name as algorithm
    from fits
    where scorer in ('item_weights', 'user_weights', 'factors', 'blend')
),

champions as (
    select distinct
        dataset,
        champion,
        item_algorithm
    from fits
),

judged_users as (
    select judged.*
    from {{ ref('fold_users') }} as judged
    semi join fitted using (dataset)
),

histories as (
    select
        dataset,
        user_id,
        count(*) as ratings
    from ratings
    where fold = 'serving'
    group by dataset, user_id
),

served_users as (
    select
        users.dataset,
        users.user_id,
        champions.champion,
        champions.item_algorithm,
        case
            when champions.champion is not null and histories.ratings >= {{ var('recommender_min_history') }} then 'personal'
            when champions.item_algorithm is not null and histories.ratings > 0 then 'similar_history'
            else 'popular'
        end as source
    from users
    left join champions using (dataset)
    left join histories using (dataset, user_id)
)

select
    judged_users.dataset,
    judged_users.fold,
    judged_users.user_id,
    fitted.algorithm,
    null as source
from judged_users
inner join fitted using (dataset)
where {{ recommenders_are_judged() }}

union all

select
    dataset,
    'serving' as fold,
    user_id,
    case source when 'personal' then champion when 'similar_history' then item_algorithm end as algorithm,
    source
from served_users
