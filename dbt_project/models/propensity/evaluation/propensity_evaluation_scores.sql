{{ config(schema='propensity') }}

with rows as (
    select * from {{ ref('propensity_rows') }}
),

out_of_fold as (
    select * from {{ ref('propensity_out_of_fold_scores') }}
    where is_chosen and repeat = 0
),

family_scores as (
    select * from {{ ref('propensity_input_scores') }}
    where grid_feature is null
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

previous_scores as (
    select * from {{ source('previous_propensity', 'propensity_evaluation_scores') }}
),

scores as (
    select
        dataset,
        model_family,
        'out_of_fold' as evaluated_on,
        entity_id,
        is_converted,
        raw_score,
        probability
    from out_of_fold
    union all
    select
        family_scores.dataset,
        family_scores.model_family,
        'holdout' as evaluated_on,
        family_scores.entity_id,
        rows.has_outcome as is_converted,
        family_scores.raw_score,
        family_scores.probability
    from family_scores
    inner join rows using (dataset, entity_id, periods_ago)
    where rows.split = 'holdout'
)

select
    scores.*,
    evaluations.evaluated_at
from scores
inner join evaluations using (dataset)
where evaluations.is_evaluated

union all

select
    previous_scores.dataset,
    previous_scores.model_family,
    previous_scores.evaluated_on,
    previous_scores.entity_id,
    previous_scores.is_converted,
    previous_scores.raw_score,
    previous_scores.probability,
    evaluations.evaluated_at
from previous_scores
inner join evaluations using (dataset)
where not evaluations.is_evaluated
