with assignments as (
    select * from {{ ref('segment_assignments') }}
),

segments as (
    select * from {{ ref('segments') }}
)

select
    assignments.dataset,
    assignments.customer_id,
    assignments.segment_id,
    segments.segment_name,
    segments.recommended_action,
    assignments.distance,
    assignments.confidence,
    assignments.next_segment_id,
    next_segments.segment_name as next_segment_name,
    assignments.model_run_id
from assignments
inner join segments using (dataset, segment_id)
left join segments as next_segments
    on
        assignments.dataset = next_segments.dataset
        and assignments.next_segment_id = next_segments.segment_id
