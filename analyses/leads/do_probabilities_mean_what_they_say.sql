-- Do seven in ten of the leads at .7 convert? The worst bin of each part first.
{{ config(enabled=source_enabled('leads')) }}

select
    evaluated_on,
    bin,
    leads,
    round(mean_probability, 3) as mean_probability,
    round(conversion_rate, 3) as conversion_rate,
    round(abs(mean_probability - conversion_rate), 3) as gap,
    round(sqrt(mean_probability * (1 - mean_probability) / leads), 3) as standard_error
from {{ ref('lead_calibration') }}
order by evaluated_on asc, gap desc
