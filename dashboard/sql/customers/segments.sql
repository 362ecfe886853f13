-- finding: "{segment_name} have the highest {value_feature:label}: {times:.1f} times that of everyone"
-- chart: bars
-- name: segment_name
-- value: value_mean
-- unit: "mean {value_feature:label} of a customer"
-- colours: segment
-- table: [segment_name, customers, customer_share, value_mean, value_index]
with value_features as (
    select
        dataset,
        params ->> 'value_feature' as feature
    from models.segmentation_fits
),

segments as (
    select
        segments.*,
        value_features.feature as value_feature,
        profiles.mean as value_mean,
        profiles.index_vs_overall as value_index
    from segmentation.segments
    left join value_features using (dataset)
    left join segmentation.segment_profiles as profiles
        on
            segments.dataset = profiles.dataset
            and segments.segment_id = profiles.segment_id
            and value_features.feature = profiles.feature
    where segments.dataset = $dataset
)

select
    segment_id,
    segment_name,
    recommended_action,
    value_rank,
    customers,
    customer_share,
    value_feature,
    value_mean,
    value_index,
    value_index / 100 as times
from segments
order by value_rank
