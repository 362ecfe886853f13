{{ config(materialized='view') }}

with fits as (
    select * from {{ ref('fit_recommenders') }}
),

learned as (
    select
        dataset,
        model_name,
        scorer,
        is_best_of_scorer or is_served as is_stored,
        unnest(factors) as vector
    from fits
)

select
    dataset,
    vector['fold'] as fold,
    model_name as algorithm,
    scorer,
    is_stored,
    vector['entity'] as entity,
    vector['entity_id'] as entity_id,
    vector['factors'] as factors
from learned
