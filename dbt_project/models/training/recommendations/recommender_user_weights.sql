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
)

select
    weights.algorithm,
    users.user_id,
    neighbours.user_id as neighbour_id,
    weights.weight
from weights
inner join champion on weights.algorithm = champion.user_algorithm
inner join users using (user_number)
inner join users as neighbours on weights.neighbour_number = neighbours.user_number
order by users.user_id asc, weights.weight desc, neighbours.user_id asc
