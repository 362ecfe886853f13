-- Where the segments were fitted in this build; later they are those of customers as they were then.
{{ config(enabled=area_enabled('segmentation')) }}

select
    labels.dataset,
    labels.customer_id,
    labels.cluster_label,
    assigned.segment_id
from {{ ref('customer_cluster_labels') }} as labels
inner join {{ ref('segmentation_candidates') }} as candidates using (candidate_id)
inner join {{ ref('customer_segments') }} as assigned
    on labels.dataset = assigned.dataset and labels.customer_id = assigned.customer_id
inner join {{ ref('fit_segments') }} as fits on labels.dataset = fits.dataset
where fits.outcome in ('first', 'replaced') and candidates.is_selected and labels.cluster_label <> assigned.segment_id
