with previous_outcomes as (
    select * from {{ source('previous_propensity', 'propensity_live_outcomes') }}
),

previous_scores as (
    select * from {{ source('previous_propensity', 'propensity_scores') }}
),

-- A row that was open again for a night, as in a broken export, had been fitted or judged on.
previous_evaluation as (
    select * from {{ source('previous_propensity', 'propensity_evaluation_scores') }}
),

known_before as (
    select
        dataset,
        entity_id
    from previous_evaluation
    union
    select
        dataset,
        entity_id
    from previous_outcomes
),

rows as (
    select * from {{ ref('propensity_rows') }}
    where periods_ago = 0
)

select * from previous_outcomes

union all

select
    previous_scores.dataset,
    previous_scores.entity_id,
    '{{ generation_id() }}' as generation_id,
    previous_scores.model_run_id,
    previous_scores.probability as conversion_probability,
    rows.has_outcome as is_converted
from previous_scores
inner join rows using (dataset, entity_id)
anti join known_before using (dataset, entity_id)
where previous_scores.split = 'new' and rows.has_outcome is not null
order by generation_id, dataset, entity_id
