{{ config(materialized='view') }}

-- The thresholds of the previous generation; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_models', 'propensity_thresholds'), {
        'dataset': 'varchar',
        'model_family': 'varchar',
        'policy': 'varchar',
        'threshold': 'double'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_models', 'lead_thresholds'), {
        'model_family': 'varchar',
        'policy': 'varchar',
        'threshold': 'double'
    }) }}
)

select * from present

union all by name

select
    'leads' as dataset,
    model_family,
    policy,
    threshold
from of_version_1
