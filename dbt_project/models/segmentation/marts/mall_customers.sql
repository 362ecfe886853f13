with features as (
    select * from {{ ref('mall_features') }}
),

segments as (
    select * from {{ ref('customer_segments') }}
    where dataset = 'mall'
)

select
    features.*,
    segments.segment_id,
    segments.segment_name,
    segments.recommended_action,
    segments.distance,
    segments.confidence,
    segments.model_run_id
from features
inner join segments using (customer_id)
