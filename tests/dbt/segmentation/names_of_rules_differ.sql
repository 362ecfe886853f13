-- Two rules of a data set with one name would be told apart by nobody. A rule that only gives customers an action has none.
{{ config(enabled=area_enabled('segmentation')) }}

select
    dataset,
    segment_name
from {{ ref('persona_rules') }}
where segment_name is not null
group by dataset, segment_name
having count(*) > 1
