{{ config(schema='models') }}

with weights as (
    select * from {{ ref('user_weights') }}
    where fold = 'serving'
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

stored as (
    {{ previous_rows(source('previous_models', 'recommender_user_weights'), {
        'algorithm': 'varchar',
        'user_id': 'varchar',
        'neighbour_id': 'varchar',
        'weight': 'double'
    }) }}
),

fitted as (
    select
        weights.algorithm,
        users.user_id,
        neighbours.user_id as neighbour_id,
        weights.weight
    from weights
    inner join champion on weights.algorithm = champion.user_algorithm
    inner join users using (user_number)
    inner join users as neighbours on weights.neighbour_number = neighbours.user_number
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
order by user_id asc, weight desc, neighbour_id asc
