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
        unnest(weights) as entity
    from fits
)

select
    dataset,
    entity['fold'] as fold,
    model_name as algorithm,
    scorer,
    is_stored,
    entity['entity_id'] as entity_id,
    unnest(entity['neighbour_ids']) as neighbour_id,
    unnest(entity['weights']) as weight
from learned
