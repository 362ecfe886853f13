-- finding: "Most often: {slice} ({value:share})"
-- reading: The line is the 95 % interval of the share.
-- chart: intervals
-- name: slice
-- unit: share that does it
-- form: .0%
-- table: [slice, scored_rows, value, ci_low, ci_high, recall]
select
    replace(slice, '_', ' ') || ': ' || slice_value as slice,
    leads as scored_rows,
    conversion_rate as value,
    conversion_rate_ci_low as ci_low,
    conversion_rate_ci_high as ci_high,
    recall,
    mean_probability
from propensity.propensity_slices
where dataset = $dataset and slice <> 'all'
order by conversion_rate desc, slice asc
limit 20
