{{ config(materialized='view') }}

-- The scores of the previous generation; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_scores'), {
        'dataset': 'varchar',
        'entity_id': 'varchar',
        'split': 'varchar',
        'model_run_id': 'varchar',
        'probability': 'double'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_scores'), {
        'lead_id': 'varchar',
        'split': 'varchar',
        'model_run_id': 'varchar',
        'conversion_probability': 'double'
    }) }}
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
