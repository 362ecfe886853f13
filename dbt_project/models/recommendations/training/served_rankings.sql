-- The best unseen products of every user who is served by an algorithm.
{% set n = var('recommendations_per_user') %}
with lists as (
    select
        user_number as list_number,
        'serving' as fold,
        algorithm,
        user_number,
        rated_numbers
    from {{ ref('served_users') }}
    where algorithm is not null
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold = 'serving' and role = 'history'
),

rules as (
    select * from {{ ref('product_rules') }}
    where not is_excluded
),

item_weights as (
    select * from {{ ref('serving_item_weights') }}
),

user_weights as (
    select * from {{ ref('serving_user_weights') }}
),

vectors as (
    select * from {{ ref('serving_factors') }}
),

histories as (
    select
        lists.list_number,
        lists.fold,
        lists.algorithm,
        ratings.product_number
    from lists
    inner join ratings using (user_number)
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

ruled_scores as (
    select
        scores.list_number,
        scores.product_number,
        {{ rounded('scores.score * rules.factor') }} as score
    from scores
    inner join rules using (product_number)
    anti join histories
        on
            scores.list_number = histories.list_number
            and scores.product_number = histories.product_number
),

vector_lists as (
    select
        lists.*,
        vectors.factors
    from lists
    inner join vectors
        on
            lists.algorithm = vectors.algorithm
            and lists.user_number = vectors.entity_number
            and vectors.entity = 'user'
),

vector_products as (
    select
        vectors.fold,
        vectors.algorithm,
        rules.product_number,
        {{ scaled("vectors.factors", "rules.factor") }} as factors
    from vectors
    inner join rules
        on
            vectors.entity_number = rules.product_number
            and vectors.entity = 'product'
),

best as (
    select
        list_number,
        {{ best_of('score', 'product_number', n) }} as best
    from ruled_scores
    group by list_number

    union all

    {{ factor_best('vector_lists', 'vector_products', n) }}
),

places as (
    {{ unnested_best('best', 'list_number') }}
)

select
    lists.user_number,
    lists.algorithm,
    places.rank,
    places.product_number,
    places.score
from places
inner join lists using (list_number)
