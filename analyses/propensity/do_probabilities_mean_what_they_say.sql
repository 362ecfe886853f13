-- Does the outcome come true in seven of ten rows at .7? The worst bin of each part first.
select
    dataset,
    evaluated_on,
    bin,
    leads as rows_in_bin,
    round(mean_probability, 3) as mean_probability,
    round(conversion_rate, 3) as came_true,
    round(abs(mean_probability - conversion_rate), 3) as gap,
    round(sqrt(mean_probability * (1 - mean_probability) / leads), 3) as standard_error
from propensity.propensity_calibration
order by dataset asc, evaluated_on asc, gap desc, bin asc
