{{ config(schema='models') }}

-- One row: the algorithm that serves, and the best one of each scorer.
with outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

stored as (
    {{ previous_rows(source('previous_models', 'recommender_champion'), {
        'algorithm': 'varchar',
        'item_algorithm': 'varchar',
        'user_algorithm': 'varchar',
        'factor_algorithm': 'varchar'
    }) }}
),

challenger as (
    select * from {{ ref('recommender_challenger') }}
)

select stored.*
from stored
cross join outcome
where outcome.is_stored

union all

select
    challenger.algorithm,
    challenger.item_algorithm,
    challenger.user_algorithm,
    challenger.factor_algorithm
from challenger
cross join outcome
where not outcome.is_stored
