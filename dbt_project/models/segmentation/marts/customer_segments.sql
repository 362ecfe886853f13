with assignments as (
    {% for dataset in segmentation_datasets() %}
    select
        '{{ dataset }}' as dataset,
        customer_id,
        segment_id,
        distance,
        confidence,
        model_run_id
    from {{ ref(dataset ~ '_segment_assignments') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

segments as (
    {{ union_datasets('_segments') }}
)

select
    assignments.dataset,
    assignments.customer_id,
    assignments.segment_id,
    segments.segment_name,
    segments.recommended_action,
    assignments.distance,
    assignments.confidence,
    assignments.model_run_id
from assignments
inner join segments using (dataset, segment_id)
