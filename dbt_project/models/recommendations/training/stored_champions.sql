{{ config(materialized='view') }}

with stored as (
    {{ previous_rows(source('previous_models', 'recommender_champion'), {
        'dataset': 'varchar',
        'algorithm': 'varchar',
        'item_algorithm': 'varchar',
        'user_algorithm': 'varchar',
        'factor_algorithm': 'varchar'
    }) }}
)

-- Version 1 had ratings only, and did not name them.
select
    coalesce(dataset, 'ratings') as dataset,
    algorithm as champion,
    item_algorithm,
    user_algorithm,
    factor_algorithm
from stored
