-- finding: "With {feature}, the mean probability goes from {lowest:share} to {highest:share}"
-- reading: "Partial dependence: the mean probability of a sample of rows if all had this value."
-- chart: lines
-- x: feature_number
-- y: mean_probability
-- x_title: "{feature}"
-- y_title: mean probability
-- y_form: .0%
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
order by position
