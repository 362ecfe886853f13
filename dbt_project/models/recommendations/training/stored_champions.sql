{{ config(materialized='view') }}

with stored as (
    select
        dataset,
        algorithm,
        item_algorithm,
        user_algorithm,
        factor_algorithm
    from {{ source('previous_models', 'recommender_champion') }}
)

-- Version 1 had ratings only, and did not name them.
select
    coalesce(dataset, 'ratings') as dataset,
    algorithm as champion,
    item_algorithm,
    user_algorithm,
    factor_algorithm
from stored
