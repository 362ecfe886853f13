-- For each recommended product the rated one that speaks most for it, by item-to-item weights.
with served as (
    select * from {{ ref('served_rankings') }}
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

item_weights as (
    select * from {{ ref('serving_item_weights') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

links as (
    select
        served.user_number,
        served.product_number,
        {{ best_of('item_weights.weight', 'item_weights.neighbour_number', 1) }} as best
    from served
    cross join champion
    inner join item_weights
        on
            champion.item_algorithm = item_weights.algorithm
            and served.product_number = item_weights.product_number
    semi join ratings
        on
            served.user_number = ratings.user_number
            and item_weights.neighbour_number = ratings.product_number
    group by served.user_number, served.product_number
),

strongest_links as (
    {{ unnested_best('links', 'user_number, product_number as recommended_number', 'because_number', 'weight') }}
)

select
    strongest_links.user_number,
    strongest_links.recommended_number as product_number,
    ratings.product_id as because_of,
    ratings.rating
from strongest_links
inner join ratings
    on
        strongest_links.user_number = ratings.user_number
        and strongest_links.because_number = ratings.product_number
