{{ config(materialized='view') }}

-- The partial dependence of the last evaluation; version 1 had that of leads alone, without positions.
with present as (
    select
        dataset,
        feature,
        feature_value,
        leads,
        mean_probability
    from {{ source('previous_propensity', 'propensity_partial_dependence') }}
),

of_version_1 as (
    select
        feature,
        feature_value,
        leads,
        mean_probability
    from {{ source('previous_leads', 'lead_partial_dependence') }}
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
