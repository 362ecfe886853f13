-- Which first contacts and occupations bring customers, and how sure is that?
{{ config(enabled=source_enabled('leads')) }}

select
    slice_value,
    leads,
    conversions,
    round(conversion_rate, 3) as conversion_rate,
    round(conversion_rate_ci_low, 3) as at_least,
    round(conversion_rate_ci_high, 3) as at_most
from {{ ref('propensity_slices') }}
where dataset = 'leads' and slice = 'first_interaction and current_occupation'
order by conversion_rate desc
