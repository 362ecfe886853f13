with previous_outcomes as (
    {{ previous_rows(source('previous_leads', 'lead_live_outcomes'), {
        'lead_id': 'varchar',
        'generation_id': 'varchar',
        'model_run_id': 'varchar',
        'conversion_probability': 'double',
        'is_converted': 'boolean'
    }) }}
),

previous_scores as (
    {{ previous_rows(source('previous_leads', 'lead_scores'), {
        'lead_id': 'varchar',
        'split': 'varchar',
        'model_run_id': 'varchar',
        'conversion_probability': 'double'
    }) }}
),

-- A lead that was open again for a night, as in a broken export, had been fitted or judged on.
previous_evaluation as (
    {{ previous_rows(source('previous_leads', 'lead_evaluation_scores'), {'lead_id': 'varchar'}) }}
),

known_before as (
    select lead_id from previous_evaluation
    union
    select lead_id from previous_outcomes
),

features as (
    select * from {{ ref('lead_features') }}
)

select * from previous_outcomes

union all

select
    previous_scores.lead_id,
    '{{ generation_id() }}' as generation_id,
    previous_scores.model_run_id,
    previous_scores.conversion_probability,
    features.is_converted
from previous_scores
inner join features using (lead_id)
anti join known_before using (lead_id)
where previous_scores.split = 'new' and features.is_converted is not null
order by generation_id, lead_id
