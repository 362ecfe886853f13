{{ config(materialized='view') }}

-- The scores of the last evaluation; version 1 had those of leads alone.
with present as (
    select
        dataset,
        model_family,
        evaluated_on,
        entity_id,
        is_converted,
        raw_score,
        probability,
        evaluated_at
    from {{ source('previous_propensity', 'propensity_evaluation_scores') }}
),

of_version_1 as (
    select
        model_family,
        evaluated_on,
        lead_id,
        is_converted,
        raw_score,
        probability,
        evaluated_at
    from {{ source('previous_leads', 'lead_evaluation_scores') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    model_family,
    evaluated_on,
    lead_id as entity_id,
    is_converted,
    raw_score,
    probability,
    evaluated_at
from of_version_1
