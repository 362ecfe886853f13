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
),

outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

stored as (
    {{ previous_rows(source('previous_models', 'recommender_item_weights'), {
        'algorithm': 'varchar',
        'product_id': 'varchar',
        'neighbour_id': 'varchar',
        'weight': 'double'
    }) }}
),

fitted as (
    select
        weights.algorithm,
        products.product_id,
        neighbours.product_id as neighbour_id,
        weights.weight
    from weights
    inner join champion on weights.algorithm = champion.item_algorithm
    inner join products using (product_number)
    inner join products as neighbours on weights.neighbour_number = neighbours.product_number
)

select stored.*
from stored
cross join outcome
where outcome.is_stored

union all

select fitted.*
from fitted
cross join outcome
where not outcome.is_stored
order by product_id asc, weight desc, neighbour_id asc
