-- The threshold that is served.
select any_value(threshold) as threshold
from propensity.propensity_scores
where dataset = $dataset
