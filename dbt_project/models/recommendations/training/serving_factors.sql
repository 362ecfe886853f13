{{ config(materialized='view') }}

with vectors as (
    select * from {{ ref('recommender_factors') }}
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
    'serving' as fold,
    vectors.algorithm,
    vectors.entity,
    entities.entity_number,
    vectors.factors
from vectors
inner join entities using (entity, entity_id)
