-- finding: "What stands out most: {marked}."
-- reading: >
--   Index of the segment's mean against everyone's: 100 is the same, 200 twice as much, 50 half. The model's own
--   features come first.
-- chart: heat
-- column: segment_name
-- row: feature
-- value: index_vs_overall
-- middle: 100
-- spread: 120
-- table: [segment_name, feature, mean, overall_mean, index_vs_overall]
with profiles as (
    select
        *,
        ln(greatest(index_vs_overall, 5) / 100) as log_index
    from segmentation.segment_profiles
    where
        dataset = $dataset
        and overall_mean > 0
        -- The share of a rare value is far from everyone's by chance.
        and (feature not like '%: %' or overall_mean >= .1)
),

-- Those that tell segments apart: the model's own, and the others that differ most.
features as (
    select feature
    from profiles
    group by feature
    order by bool_or(is_model_feature) desc, stddev_pop(log_index) desc nulls last, feature
    limit 16
)

select
    profiles.segment_id,
    segments.segment_name,
    replace(profiles.feature, '_', ' ') as feature,
    profiles.mean,
    profiles.overall_mean,
    profiles.index_vs_overall,
    first_value(format(
        '{}, {} {:.1f} times the average', segments.segment_name, replace(profiles.feature, '_', ' '),
        profiles.index_vs_overall / 100
    )) over (order by profiles.index_vs_overall desc, profiles.feature asc
    ) as marked
from profiles
inner join features using (feature)
inner join segmentation.segments using (dataset, segment_id)
order by profiles.is_model_feature desc, profiles.feature asc, segments.value_rank asc
