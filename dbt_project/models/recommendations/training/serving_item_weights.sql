{{ config(materialized='view') }}

with weights as (
    select * from {{ ref('recommender_item_weights') }}
),

products as (
    select * from {{ ref('kept_products') }}
)

select
    'serving' as fold,
    weights.algorithm,
    products.product_number,
    neighbours.product_number as neighbour_number,
    weights.weight
from weights
inner join products using (product_id)
inner join products as neighbours on weights.neighbour_id = neighbours.product_id
