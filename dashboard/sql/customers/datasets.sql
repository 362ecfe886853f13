-- Data sets whose customers are in segments.
select distinct dataset from segmentation.segments
order by dataset
