{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_ratings__ratings') }}
)

select
    user_id,
    product_id,
    rating,
    rated_at
from checked
where reject_reason is null and exclusion_rule is null
