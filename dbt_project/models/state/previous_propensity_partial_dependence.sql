{{ config(materialized='view') }}

-- The partial dependence of the last evaluation; version 1 had that of leads alone, without positions.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_partial_dependence'), {
        'dataset': 'varchar',
        'feature': 'varchar',
        'feature_value': 'varchar',
        'leads': 'bigint',
        'mean_probability': 'double'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_partial_dependence'), {
        'feature': 'varchar',
        'feature_value': 'varchar',
        'leads': 'bigint',
        'mean_probability': 'double'
    }) }}
)

select * from present

union all by name

select
    'leads' as dataset,
    feature,
    feature_value,
    leads,
    mean_probability
from of_version_1
