{{ config(materialized='view') }}

-- Outcomes that came after the scores, over all generations before; version 1 had those of leads alone.
with present as (
    select
        dataset,
        entity_id,
        generation_id,
        model_run_id,
        conversion_probability,
        is_converted
    from {{ source('previous_propensity', 'propensity_live_outcomes') }}
),

of_version_1 as (
    select
        lead_id,
        generation_id,
        model_run_id,
        conversion_probability,
        is_converted
    from {{ source('previous_leads', 'lead_live_outcomes') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    lead_id as entity_id,
    generation_id,
    model_run_id,
    conversion_probability,
    is_converted
from of_version_1
