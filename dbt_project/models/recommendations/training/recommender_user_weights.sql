{{ config(schema='models') }}

with fits as (
    select * from {{ ref('fit_recommenders') }}
),

weights as (
    select * from {{ ref('fitted_weights') }}
    where fold = 'serving' and scorer = 'user_weights' and is_stored
),

stored as (
    select
        dataset,
        algorithm,
        user_id,
        neighbour_id,
        weight
    from {{ source('previous_models', 'recommender_user_weights') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
)

select
    stored.dataset,
    stored.algorithm,
    stored.user_id,
    stored.neighbour_id,
    stored.weight
from stored
semi join kept using (dataset)

union all

select
    dataset,
    algorithm,
    entity_id as user_id,
    neighbour_id,
    weight
from weights
order by dataset asc, user_id asc, weight desc, neighbour_id asc
