{{ config(materialized='view') }}

-- The folds of the last evaluation; version 1 had those of leads alone.
with present as (
    select
        dataset,
        model_family,
        repeat,
        fold,
        roc_auc,
        average_precision,
        brier,
        log_loss
    from {{ source('previous_propensity', 'propensity_cv_folds') }}
),

of_version_1 as (
    select
        model_family,
        repeat,
        fold,
        roc_auc,
        average_precision,
        brier,
        log_loss
    from {{ source('previous_leads', 'lead_cv_folds') }}
)

select * from present

union all by name

select
    'leads' as dataset,
    model_family,
    repeat,
    fold,
    roc_auc,
    average_precision,
    brier,
    log_loss
from of_version_1
