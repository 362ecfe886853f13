{{ config(schema='models') }}

with vectors as (
    select * from {{ ref('factor_vectors') }}
    where fold = 'serving'
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

entities as (
    select
        'user' as entity,
        user_number as entity_number,
        user_id as entity_id
    from {{ ref('kept_users') }}

    union all

    select
        'product' as entity,
        product_number as entity_number,
        product_id as entity_id
    from {{ ref('kept_products') }}
)

select
    vectors.algorithm,
    vectors.entity,
    entities.entity_id,
    vectors.factors
from vectors
inner join champion on vectors.algorithm = champion.factor_algorithm
inner join entities using (entity, entity_number)
order by vectors.entity, entities.entity_id
