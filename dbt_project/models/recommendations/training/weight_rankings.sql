-- The best unseen products by item-to-item and by user-to-user weights.
with lists as (
    select * from {{ ref('evaluation_lists') }}
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history' and fold != 'serving'
),

item_weights as (
    select * from {{ ref('item_weights') }}
    where fold != 'serving'
),

user_weights as (
    select * from {{ ref('user_weights') }}
    where fold != 'serving'
),

histories as (
    select
        lists.list_number,
        lists.fold,
        lists.algorithm,
        ratings.product_number
    from lists
    inner join ratings using (fold, user_number)
),

item_scores as (
    {{ item_weight_scores('histories', 'item_weights') }}
),

user_scores as (
    {{ user_weight_scores('lists', 'user_weights', 'ratings') }}
),

scores as (
    select * from item_scores
    union all
    select * from user_scores
),

best as (
    select
        scores.list_number,
        {{ best_of('scores.score', 'scores.product_number', ranking_depth()) }} as best
    from scores
    anti join histories
        on
            scores.list_number = histories.list_number
            and scores.product_number = histories.product_number
    group by scores.list_number
),

places as (
    {{ unnested_best('best', 'list_number') }}
)

select
    lists.fold,
    lists.algorithm,
    lists.user_number,
    places.rank,
    places.product_number,
    places.score
from places
inner join lists using (list_number)
