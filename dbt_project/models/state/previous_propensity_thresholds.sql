{{ config(materialized='view') }}

-- The thresholds of the previous generation; version 1 had those of leads alone.
with present as (
    select
        dataset,
        model_family,
        policy,
        threshold
    from {{ source('previous_models', 'propensity_thresholds') }}
),

of_version_1 as (
    select
        model_family,
        policy,
        threshold
    from {{ source('previous_models', 'lead_thresholds') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    model_family,
    policy,
    threshold
from of_version_1
