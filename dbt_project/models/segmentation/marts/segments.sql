with segments as (
    {{ union_datasets('_segments') }}
)

select
    dataset,
    segment_id,
    segment_name,
    recommended_action,
    naming_rule,
    value_rank,
    customers,
    customer_share,
    builds_without_rule,
    model_run_id
from segments
order by dataset, segment_id
