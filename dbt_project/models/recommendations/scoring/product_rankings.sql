{{ config(materialized='view') }}

-- The best unseen products of everybody who is ranked for, by what ranks on its own and by blends.
with component_rankings as (
    select * from {{ ref('component_rankings') }}
    where not is_part_only
),

blended_rankings as (
    select * from {{ ref('blended_rankings') }}
)

select
    dataset,
    fold,
    algorithm,
    user_id,
    rank,
    product_id,
    score
from component_rankings

union all

select
    dataset,
    fold,
    algorithm,
    user_id,
    rank,
    product_id,
    score
from blended_rankings
