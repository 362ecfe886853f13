{{ config(enabled=area_enabled('segmentation')) }}

select
    dataset,
    count(*) filter (where is_selected) as selected,
    count(*) filter (where is_elbow) as elbows
from {{ ref('segmentation_candidates') }}
group by dataset
having selected <> 1 or elbows <> 1
