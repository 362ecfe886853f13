-- Does the outcome come true in seven of ten rows at .7? The worst bin of each part first.
{{ config(enabled=area_enabled('propensity')) }}

select
    dataset,
    evaluated_on,
    bin,
    leads,
    round(mean_probability, 3) as mean_probability,
    round(conversion_rate, 3) as conversion_rate,
    round(abs(mean_probability - conversion_rate), 3) as gap,
    round(sqrt(mean_probability * (1 - mean_probability) / leads), 3) as standard_error
from {{ ref('propensity_calibration') }}
order by dataset asc, evaluated_on asc, gap desc
