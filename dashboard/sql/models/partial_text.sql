-- finding: "With {feature}, the mean probability goes from {lowest:share} to {highest:share}"
-- reading: "Partial dependence: the mean probability of a sample of rows if all had this value."
-- chart: bars
-- name: feature_value
-- value: mean_probability
-- unit: mean probability
-- form: .1%
-- table: [feature_value, mean_probability]
select
    replace(feature, '_', ' ') as feature,
    feature_value,
    feature_number,
    mean_probability,
    min(mean_probability) over () as lowest,
    max(mean_probability) over () as highest
from propensity.propensity_partial_dependence
where dataset = $dataset and feature = $feature
order by mean_probability desc, position asc
