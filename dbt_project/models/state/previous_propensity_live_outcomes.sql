{{ config(materialized='view') }}

-- Outcomes that came after the scores, over all generations before; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_live_outcomes'), {
        'dataset': 'varchar',
        'entity_id': 'varchar',
        'generation_id': 'varchar',
        'model_run_id': 'varchar',
        'conversion_probability': 'double',
        'is_converted': 'boolean'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_live_outcomes'), {
        'lead_id': 'varchar',
        'generation_id': 'varchar',
        'model_run_id': 'varchar',
        'conversion_probability': 'double',
        'is_converted': 'boolean'
    }) }}
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
