-- The best unseen products by factor products.
with vectors as (
    select * from {{ ref('factor_vectors') }}
    where fold != 'serving'
),

users as (
    select * from {{ ref('evaluation_users') }}
),

evaluation_lists as (
    select * from {{ ref('evaluation_lists') }}
),

lists as (
    select
        evaluation_lists.list_number,
        evaluation_lists.fold,
        evaluation_lists.algorithm,
        evaluation_lists.user_number,
        users.rated_numbers,
        vectors.factors
    from evaluation_lists
    inner join users using (fold, user_number)
    inner join vectors
        on
            evaluation_lists.fold = vectors.fold
            and evaluation_lists.algorithm = vectors.algorithm
            and evaluation_lists.user_number = vectors.entity_number
            and vectors.entity = 'user'
),

products as (
    select
        fold,
        algorithm,
        entity_number as product_number,
        factors
    from vectors
    where entity = 'product'
),

best as (
    {{ factor_best('lists', 'products', ranking_depth()) }}
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
