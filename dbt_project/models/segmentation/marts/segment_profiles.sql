with profiles as (
    {{ union_datasets('_segment_profiles') }}
)

select
    dataset,
    segment_id,
    feature,
    mean,
    median,
    overall_mean,
    index_vs_overall,
    is_model_feature
from profiles
order by dataset, segment_id, feature
