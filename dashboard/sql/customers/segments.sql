-- finding: "{segment_name} bring {value_share:share} of {value_feature:label}, with {customer_share:share} of customers."
-- chart: bars
-- name: segment_name
-- value: value_mean
-- unit: "mean {value_feature:label} of a customer"
-- colours: segment
-- table: [segment_name, customers, customer_share, value_mean, value_index, value_share]
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
    customers * value_mean / nullif(sum(customers * value_mean) over (), 0) as value_share
from segments
order by value_rank
