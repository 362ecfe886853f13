-- finding: "Median {x_name}: from {lowest} in {lowest_name} to {highest} in {highest_name}"
-- reading: >
--   The box holds the middle half of a segment's customers, the white tick is the median, and the line goes from the
--   least to the most.
-- chart: boxes
-- unit: "{x_name}"
-- table: [segment_name, minimum, lower_quartile, median, upper_quartile, maximum]
select
    segments.segment_id,
    segments.segment_name,
    profiles.minimum,
    profiles.lower_quartile,
    profiles.median,
    profiles.upper_quartile,
    profiles.maximum,
    replace($x, '_', ' ') as x_name,
    min(profiles.median) over () as lowest,
    max(profiles.median) over () as highest,
    min_by(segments.segment_name, (profiles.median, segments.segment_id)) over () as lowest_name,
    max_by(segments.segment_name, (profiles.median, segments.segment_id)) over () as highest_name
from segmentation.segment_profiles as profiles
inner join segmentation.segments using (dataset, segment_id)
where segments.dataset = $dataset and profiles.feature = $x and profiles.median is not null
order by segments.value_rank
