-- What sets a segment apart? The three features of each whose mean is furthest from everyone's (100 = as everyone).
select
    segments.dataset,
    segments.segment_name,
    profiles.feature,
    round(profiles.mean, 2) as mean,
    round(profiles.overall_mean, 2) as mean_of_everyone,
    round(profiles.index_vs_overall) as index_vs_everyone
from segmentation.segment_profiles as profiles
inner join segmentation.segments as segments using (dataset, segment_id)
where profiles.index_vs_overall is not null and profiles.feature not like '%: %'
qualify
    row_number() over (
        partition by segments.dataset, segments.segment_id
        order by abs(ln(greatest(profiles.index_vs_overall, 1) / 100)) desc, profiles.feature asc
    ) <= 3
order by segments.dataset asc, segments.value_rank asc, abs(profiles.index_vs_overall - 100) desc, profiles.feature asc
