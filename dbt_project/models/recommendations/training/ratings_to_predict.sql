{{ config(materialized='view') }}

with ratings as (
    select * from {{ ref('ratings_to_fit') }}
),

recommenders as (
    select * from {{ ref('recommenders_to_fit') }}
)

select *
from ratings
where (select bool_or(recommenders.is_searchable) from recommenders)
