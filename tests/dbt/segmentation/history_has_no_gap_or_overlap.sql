{{ config(enabled=area_enabled('segmentation')) }}

with spans as (
    select
        *,
        lead(valid_from) over (partition by dataset, customer_id order by valid_from) as next_valid_from
    from {{ ref('segment_history') }}
)

select *
from spans
where valid_to is distinct from next_valid_from or valid_to <= valid_from
