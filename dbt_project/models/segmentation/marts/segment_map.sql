with assignments as (
    select * from {{ ref('segment_assignments') }}
),

fits as (
    select * from {{ ref('fit_segments') }}
)

select
    assignments.dataset,
    assignments.customer_id,
    {{ projected('assignments.vector', element('fits.components', 1)) }} as pc1,
    {{ projected('assignments.vector', element('fits.components', 2)) }} as pc2,
    assignments.segment_id
from assignments
inner join fits using (dataset)
