{{ config(materialized='view') }}

-- The slices of the last evaluation; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_slices'), {
        'dataset': 'varchar',
        'slice': 'varchar',
        'slice_value': 'varchar',
        'leads': 'bigint',
        'conversions': 'bigint',
        'conversion_rate': 'double',
        'conversion_rate_ci_low': 'double',
        'conversion_rate_ci_high': 'double',
        'precision': 'double',
        'recall': 'double',
        'mean_probability': 'double',
        'calibration_gap': 'double'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_slices'), {
        'slice': 'varchar',
        'slice_value': 'varchar',
        'leads': 'bigint',
        'conversions': 'bigint',
        'conversion_rate': 'double',
        'conversion_rate_ci_low': 'double',
        'conversion_rate_ci_high': 'double',
        'precision': 'double',
        'recall': 'double',
        'mean_probability': 'double',
        'calibration_gap': 'double'
    }) }}
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
