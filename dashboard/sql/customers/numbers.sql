-- Columns with numbers of the customers of a data set, the model's own first.
select distinct
    feature,
    is_model_feature
from segmentation.segment_profiles
where dataset = $dataset and median is not null
order by is_model_feature desc, feature asc
