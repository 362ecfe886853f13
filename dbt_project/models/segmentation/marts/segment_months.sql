with assignments as (
    select * from {{ ref('segment_assignments_over_time') }}
),

segments as (
    select * from {{ ref('segments') }}
)

select
    assignments.dataset,
    assignments.customer_id,
    date_trunc('month', assignments.as_of_date - 1)::date as month,
    assignments.segment_id,
    segments.segment_name
from assignments
inner join segments using (dataset, segment_id)
order by assignments.dataset, assignments.customer_id, month
