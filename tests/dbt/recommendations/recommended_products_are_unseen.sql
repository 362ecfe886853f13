{{ config(enabled=area_enabled('recommendations')) }}

with recommendations as (
    select * from {{ ref('product_recommendations') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
)

select
    recommendations.dataset,
    recommendations.user_id,
    recommendations.product_id
from recommendations
semi join ratings using (dataset, user_id, product_id)
