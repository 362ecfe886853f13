{{ config(schema='leads') }}

with scores as (
    select
        *,
        1 as weight,
        0.5 as threshold
    from {{ ref('lead_out_of_fold_scores') }}
    where is_chosen
),

metrics as (
    {{ score_metrics('scores', by=['model_family', 'repeat', 'fold']) }}
),

folds as (
    select
        model_family,
        repeat,
        fold,
        {{ rounded('roc_auc') }} as roc_auc,
        {{ rounded('average_precision') }} as average_precision,
        {{ rounded('brier') }} as brier,
        {{ rounded('log_loss') }} as log_loss
    from metrics
    -- Baselines are scored on tonight's leads: of a fold that is down to one class they say nothing.
    where roc_auc is not null
)

{{ evaluated_rows('folds', source('previous_leads', 'lead_cv_folds')) }}
