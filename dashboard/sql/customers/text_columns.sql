-- The columns of a data set's customers that are texts.
select distinct split_part(feature, ': ', 1) as column_name
from segmentation.segment_profiles
where dataset = $dataset and feature like '%: %'
order by column_name
