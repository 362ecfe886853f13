{{ config(schema='propensity') }}

with figures as (
    select * from {{ ref('propensity_figures') }}
    where fold is not null and imbalance is null
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

previous_folds as (
    select * from {{ source('previous_propensity', 'propensity_cv_folds') }}
),

folds as (
    select
        dataset,
        model_family,
        repeat,
        fold,
        {{ rounded('roc_auc') }} as roc_auc,
        {{ rounded('average_precision') }} as average_precision,
        {{ rounded('brier') }} as brier,
        {{ rounded('log_loss') }} as log_loss
    from figures
    -- Baselines are scored on tonight's rows: of a fold that is down to one class they say nothing.
    where roc_auc is not null
)

select
    folds.*,
    evaluations.evaluated_at
from folds
inner join evaluations using (dataset)
where evaluations.is_evaluated

union all

select previous_folds.* replace (evaluations.evaluated_at as evaluated_at)
from previous_folds
inner join evaluations using (dataset)
where not evaluations.is_evaluated
