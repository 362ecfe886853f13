-- Which channels bring leads that become customers? First contacts by occupation, with the interval of the rate.
select
    slice_value as first_contact_and_occupation,
    leads,
    conversions as customers,
    round(100 * conversion_rate, 1) as percent_converted,
    round(100 * conversion_rate_ci_low, 1) as at_least,
    round(100 * conversion_rate_ci_high, 1) as at_most
from propensity.propensity_slices
where dataset = 'leads' and slice = 'first_interaction and current_occupation'
order by percent_converted desc, slice_value asc
