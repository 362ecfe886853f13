{{ config(materialized='view') }}

-- The slices of the last evaluation; version 1 had those of leads alone.
with present as (
    select
        dataset,
        slice,
        slice_value,
        leads,
        conversions,
        conversion_rate,
        conversion_rate_ci_low,
        conversion_rate_ci_high,
        precision,
        recall,
        mean_probability,
        calibration_gap
    from {{ source('previous_propensity', 'propensity_slices') }}
),

of_version_1 as (
    select
        slice,
        slice_value,
        leads,
        conversions,
        conversion_rate,
        conversion_rate_ci_low,
        conversion_rate_ci_high,
        precision,
        recall,
        mean_probability,
        calibration_gap
    from {{ source('previous_leads', 'lead_slices') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    slice,
    slice_value,
    leads,
    conversions,
    conversion_rate,
    conversion_rate_ci_low,
    conversion_rate_ci_high,
    precision,
    recall,
    mean_probability,
    calibration_gap
from of_version_1
