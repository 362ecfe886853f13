-- How wide is each segment in what it was made by? Quartiles and range, as a box plot shows them.
select
    segments.dataset,
    profiles.feature,
    segments.segment_name,
    round(profiles.minimum, 2) as minimum,
    round(profiles.lower_quartile, 2) as lower_quartile,
    round(profiles.median, 2) as median,
    round(profiles.upper_quartile, 2) as upper_quartile,
    round(profiles.maximum, 2) as maximum
from segmentation.segment_profiles as profiles
inner join segmentation.segments as segments using (dataset, segment_id)
where profiles.is_model_feature
order by segments.dataset, profiles.feature, segments.value_rank
