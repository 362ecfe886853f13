{{ config(schema='models') }}

with fits as (
    select * from {{ ref('fit_recommenders') }}
),

vectors as (
    select * from {{ ref('fitted_factors') }}
    where fold = 'serving' and scorer = 'factors' and is_stored
),

stored as (
    select
        dataset,
        algorithm,
        entity,
        entity_id,
        factors
    from {{ source('previous_models', 'recommender_factors') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
)

select
    stored.dataset,
    stored.algorithm,
    stored.entity,
    stored.entity_id,
    stored.factors
from stored
semi join kept using (dataset)

union all

select
    dataset,
    algorithm,
    entity,
    entity_id,
    factors
from vectors
order by dataset, entity, entity_id
