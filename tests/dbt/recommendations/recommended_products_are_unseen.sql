{{ config(enabled=source_enabled('ratings')) }}

with recommendations as (
    select * from {{ ref('product_recommendations') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    recommendations.user_id,
    recommendations.product_id
from recommendations
semi join ratings using (user_id, product_id)
