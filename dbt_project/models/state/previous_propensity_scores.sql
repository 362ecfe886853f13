{{ config(materialized='view') }}

-- The scores of the previous generation; version 1 had those of leads alone.
with present as (
    select
        dataset,
        entity_id,
        split,
        model_run_id,
        probability
    from {{ source('previous_propensity', 'propensity_scores') }}
),

of_version_1 as (
    select
        lead_id,
        split,
        model_run_id,
        conversion_probability
    from {{ source('previous_leads', 'lead_scores') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    lead_id as entity_id,
    split,
    model_run_id,
    conversion_probability as probability
from of_version_1
