{{ config(materialized='view') }}

with fits as (
    select * from {{ ref('fit_rankers') }}
),

stored as (
    select
        model_name,
        unnest(weights) as learned
    from fits
)

select
    learned['fold'] as fold,
    model_name as algorithm,
    learned['entity_number'] as product_number,
    unnest(learned['neighbour_numbers']) as neighbour_number,
    unnest(learned['weights']) as weight
from stored
