-- finding: "A probability is off by {mean_gap:.1f} points on average, by {largest_gap:.1f} at most"
-- reading: >
--   Each point is a tenth of the rows. On the dashed line, seven of ten with .7 do it.
-- chart: lines
-- x: mean_probability
-- y: observed_rate
-- x_title: predicted probability
-- y_title: share that did it
-- x_form: .0%
-- y_form: .0%
-- has_diagonal: true
-- table: [bin, scored_rows, mean_probability, observed_rate]
select
    bin,
    leads as scored_rows,
    mean_probability,
    conversion_rate as observed_rate,
    100 * sum(leads * abs(mean_probability - conversion_rate)) over () / sum(leads) over () as mean_gap,
    100 * max(abs(mean_probability - conversion_rate)) over () as largest_gap
from propensity.propensity_calibration
where dataset = $dataset and evaluated_on = $evaluated_on
order by bin
