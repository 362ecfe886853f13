{{ config(materialized='view') }}

-- The scores of the last evaluation; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_evaluation_scores'), {
        'dataset': 'varchar',
        'model_family': 'varchar',
        'evaluated_on': 'varchar',
        'entity_id': 'varchar',
        'is_converted': 'boolean',
        'raw_score': 'double',
        'probability': 'double',
        'evaluated_at': 'timestamp'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_evaluation_scores'), {
        'model_family': 'varchar',
        'evaluated_on': 'varchar',
        'lead_id': 'varchar',
        'is_converted': 'boolean',
        'raw_score': 'double',
        'probability': 'double',
        'evaluated_at': 'timestamp'
    }) }}
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
