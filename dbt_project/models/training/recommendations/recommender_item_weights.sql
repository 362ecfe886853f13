{{ config(schema='models') }}

with weights as (
    select * from {{ ref('item_weights') }}
    where fold = 'serving'
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

products as (
    select * from {{ ref('kept_products') }}
)

select
    weights.algorithm,
    products.product_id,
    neighbours.product_id as neighbour_id,
    weights.weight
from weights
inner join champion on weights.algorithm = champion.item_algorithm
inner join products using (product_number)
inner join products as neighbours on weights.neighbour_number = neighbours.product_number
order by products.product_id asc, weights.weight desc, neighbours.product_id asc
