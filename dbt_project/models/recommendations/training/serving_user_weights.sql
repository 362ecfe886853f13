{{ config(materialized='view') }}

with weights as (
    select * from {{ ref('recommender_user_weights') }}
),

users as (
    select * from {{ ref('kept_users') }}
)

select
    'serving' as fold,
    weights.algorithm,
    users.user_number,
    neighbours.user_number as neighbour_number,
    weights.weight
from weights
inner join users using (user_id)
inner join users as neighbours on weights.neighbour_id = neighbours.user_id
