with assignments as (
    {% for dataset in segmentation_datasets() %}
    select
        '{{ dataset }}' as dataset,
        customer_id,
        segment_id,
        vector
    from {{ ref(dataset ~ '_segment_assignments') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

fits as (
    select * from {{ ref('segmentation_fits') }}
)

select
    assignments.dataset,
    assignments.customer_id,
    {{ projected('assignments.vector', 'fits.components[1]') }} as pc1,
    {{ projected('assignments.vector', 'fits.components[2]') }} as pc2,
    assignments.segment_id
from assignments
inner join fits using (dataset)
