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
),

outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

stored as (
    {{ previous_rows(source('previous_models', 'recommender_factors'), {
        'algorithm': 'varchar',
        'entity': 'varchar',
        'entity_id': 'varchar',
        'factors': 'double[]'
    }) }}
),

fitted as (
    select
        vectors.algorithm,
        vectors.entity,
        entities.entity_id,
        vectors.factors
    from vectors
    inner join champion on vectors.algorithm = champion.factor_algorithm
    inner join entities using (entity, entity_number)
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
order by entity, entity_id
