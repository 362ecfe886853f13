-- What sets each segment apart: three columns with numbers and one value of a text that are furthest from everyone's.
with comparable as (
    select
        segment_id,
        feature,
        mean,
        overall_mean,
        index_vs_overall,
        feature like '%: %' as is_category,
        -- Less than a quarter of the average is as telling as four times as much.
        abs(ln(greatest(index_vs_overall, 25) / 100)) as distance
    from segmentation.segment_profiles
    where dataset = $dataset and overall_mean > 0
),

-- The share of a rare value is far from everyone's by chance, and what few are says little.
telling as (
    select * from comparable
    where not is_category or (overall_mean >= .05 and index_vs_overall >= 150)
),

ranked as (
    select
        *,
        row_number() over (partition by segment_id, is_category order by distance desc, feature asc) as distance_rank
    from telling
)

select
    segment_id,
    case
        when is_category
            then format('{}: {:.0f} % (of all {:.0f} %)', replace(replace(feature, ': ', ' '), '_', ' '), 100 * mean, 100 * overall_mean)
        when index_vs_overall >= 195 then format('{} {:.1f} times the average', replace(feature, '_', ' '), index_vs_overall / 100)
        when index_vs_overall > 100 then format('{} {:.0f} % above average', replace(feature, '_', ' '), index_vs_overall - 100)
        else format('{} {:.0f} % below average', replace(feature, '_', ' '), 100 - index_vs_overall)
    end as trait
from ranked
where distance_rank <= if(is_category, 1, 3)
order by segment_id, is_category, distance_rank
